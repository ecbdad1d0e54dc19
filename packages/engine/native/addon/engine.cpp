#include "engine.h"

#include <cstring>

#include "convert.h"
#include "guard.h"

namespace flover::addon {
namespace {

const BackendEntry& entryNamed(const std::string& name) {
  std::string known;
  for (const BackendEntry& entry : backends()) {
    if (name == entry.name) {
      const std::string why = entry.unavailable();
      if (!why.empty())
        throw Error("backend-unavailable", "backend \"" + name + "\" cannot run here: " + why);
      return entry;
    }
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error("backend-unavailable",
              "backend \"" + name + "\" is not built in; there are: " + known,
              name == "cuda" ? "build again with a CUDA toolkit (nvcc) on PATH" : "");
}

template <typename Array, typename T>
Array copied(Napi::Env env, const std::vector<T>& values) {
  Array array = Array::New(env, values.size());
  if (!values.empty()) std::memcpy(array.Data(), values.data(), values.size() * sizeof(T));
  return array;
}

const void* toBytes(Napi::Value value, size_t expected, const std::string& where) {
  const std::byte* data = nullptr;
  size_t length = 0;
  if (value.IsTypedArray()) {
    length = value.As<Napi::TypedArray>().ByteLength();
    // Not by way of its ArrayBuffer: the memory may be shared between threads.
    void* start = nullptr;
    napi_get_typedarray_info(value.Env(), value, nullptr, nullptr, &start, nullptr, nullptr);
    data = static_cast<const std::byte*>(start);
  } else if (value.IsDataView()) {
    const Napi::DataView view = value.As<Napi::DataView>();
    data = static_cast<const std::byte*>(view.Data());
    length = view.ByteLength();
  } else {
    refuse(where, "a typed array, Buffer or DataView");
  }
  if (length != expected) {
    throw Error("tensor-shape", where + " has " + std::to_string(length) +
                                    " bytes; shape and type demand " + std::to_string(expected));
  }
  return data;
}

}  // namespace

Engine::Engine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Engine>(info) {
  guarded(info.Env(), [&] {
    const EngineConfig config = toEngineConfig(info[0]);
    const std::string name = toText(info[1], "backend");
    maxSequences_ = config.maxSequences;
    backend_ = entryNamed(name).create(config);
  });
}

Backend& Engine::backend() {
  if (!backend_) throw Error("engine-closed", "this engine has been closed");
  return *backend_;
}

Napi::Value Engine::device(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const DeviceInfo device = backend().device();
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("backend", device.backend);
    object.Set("name", device.name);
    object.Set("memoryBytes", static_cast<double>(device.memoryBytes));
    object.Set("freeBytes", static_cast<double>(device.freeBytes));
    object.Set("detail", device.detail);
    return object;
  });
}

Napi::Value Engine::loadTensor(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const std::string name = toText(info[0], "name");
    const int32_t type = toInteger(info[1], "dataType");
    if (type < 0 || type > 2)
      refuse("dataType = " + std::to_string(type), "0 (f32), 1 (f16), 2 (bf16)");
    const std::vector<int32_t> given = toIntegers(info[2], "shape");
    const std::vector<int64_t> shape(given.begin(), given.end());
    size_t bytes = type == 0 ? 4 : 2;
    for (const int64_t size : shape) {
      if (size < 0 || __builtin_mul_overflow(bytes, static_cast<size_t>(size), &bytes)) {
        refuse("shape of \"" + name + "\"", "sizes of at least 0 that fit in memory");
      }
    }
    const void* data = toBytes(info[3], bytes, "tensor \"" + name + "\"");
    std::vector<std::byte> aligned;  // a view into a file may start at any byte
    if (reinterpret_cast<uintptr_t>(data) % 4 != 0) {
      aligned.assign(static_cast<const std::byte*>(data),
                     static_cast<const std::byte*>(data) + bytes);
      data = aligned.data();
    }
    backend().loadTensor(name, static_cast<DataType>(type), shape, data);
    return info.Env().Undefined();
  });
}

Napi::Value Engine::synthesize(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    backend().synthesize(toSeed(info[0], "seed"));
    return info.Env().Undefined();
  });
}

Napi::Value Engine::ready(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    backend().ready();
    return info.Env().Undefined();
  });
}

Napi::Value Engine::startClock(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    backend().startClock();
    return info.Env().Undefined();
  });
}

Napi::Value Engine::nowNanos(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(info.Env(), static_cast<double>(backend().nowNanos()));
  });
}

Napi::Value Engine::add(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    // Read first: a getter of the caller's may close the engine.
    const SequenceConfig sequence = toSequenceConfig(info[0]);
    backend().add(sequence);
    return info.Env().Undefined();
  });
}

Napi::Value Engine::release(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    backend().release(toInteger(info[0], "id"));
    return info.Env().Undefined();
  });
}

Napi::Value Engine::result(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const SequenceResult result = backend().result(toInteger(info[0], "id"));
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("tokens", copied<Napi::Int32Array>(info.Env(), result.tokens));
    object.Set("logProbs", copied<Napi::Float32Array>(info.Env(), result.logProbs));
    object.Set("score", result.score);
    return object;
  });
}

Napi::Value Engine::launch(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    work_.id = toInteger(info[0], "id");
    work_.lane = toInteger(info[1], "lane");
    work_.rows = toInteger(info[2], "rows");
    if (work_.rows < 0) refuse("rows = " + std::to_string(work_.rows), "0 or more");
    const size_t rows = static_cast<size_t>(work_.rows);
    work_.sequences = toTyped<int32_t>(info[3], napi_int32_array, rows, "sequences");
    work_.from = toTyped<int32_t>(info[4], napi_int32_array, rows, "from");
    work_.to = toTyped<int32_t>(info[5], napi_int32_array, rows, "to");
    work_.flags = toTyped<int32_t>(info[6], napi_int32_array, rows, "flags");
    work_.deadRows = toInteger(info[7], "deadRows");
    const int32_t length = toInteger(info[9], "editsLength");
    if (length < 0) refuse("editsLength = " + std::to_string(length), "0 or more");
    const int32_t* edits =
        toTyped<int32_t>(info[8], napi_int32_array, static_cast<size_t>(length), "edits");
    work_.swaps.clear();
    work_.moves.clear();
    work_.placements.clear();
    work_.forks.clear();
    addEdits(work_, edits, static_cast<size_t>(length));
    backend().launch(work_);
    return info.Env().Undefined();
  });
}

Napi::Value Engine::wait(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const double deadline = toNumber(info[0], "deadlineNanos");
    if (!(deadline >= -9e15 && deadline <= 9e15)) refuse("deadlineNanos", "a safe integer");
    // Once an iteration: names are looked up without the checks of Fields.
    if (!info[1].IsObject()) refuseKind(info[1], "completion", "an object of typed arrays");
    const Napi::Object out = info[1].As<Napi::Object>();
    const size_t most = static_cast<size_t>(maxSequences_);
    // All of them first: looking one up may run a getter, and that may take another's memory away.
    const Napi::Value arrays[] = {out.Get("header"), out.Get("sequences"), out.Get("tokens"),
                                  out.Get("logProbs"), out.Get("stopped")};
    double* header = toTyped<double>(arrays[0], napi_float64_array, 8, "header");
    int32_t* sequences = toTyped<int32_t>(arrays[1], napi_int32_array, most, "sequences");
    int32_t* tokens = toTyped<int32_t>(arrays[2], napi_int32_array, most, "tokens");
    float* logProbs = toTyped<float>(arrays[3], napi_float32_array, most, "logProbs");
    uint8_t* stopped = toTyped<uint8_t>(arrays[4], napi_uint8_array, most, "stopped");
    if (!backend().wait(static_cast<int64_t>(deadline), completion_))
      return Napi::Boolean::New(info.Env(), false);
    const size_t entries = completion_.tokens.size();
    if (entries > most) throw Error("internal", "more entries than sequences");
    header[0] = completion_.work;
    header[1] = completion_.lane;
    header[2] = static_cast<double>(completion_.startNanos);
    header[3] = static_cast<double>(completion_.endNanos);
    header[4] = static_cast<double>(completion_.movedBytes);
    header[5] = static_cast<double>(completion_.moveNanos);
    header[6] = static_cast<double>(entries);
    header[7] = static_cast<double>(completion_.seenNanos);
    std::copy_n(completion_.sampledSequences.begin(), entries, sequences);
    std::copy_n(completion_.tokens.begin(), entries, tokens);
    std::copy_n(completion_.logProbs.begin(), entries, logProbs);
    std::copy_n(completion_.stopped.begin(), entries, stopped);
    return Napi::Boolean::New(info.Env(), true);
  });
}

Napi::Value Engine::keepLogits(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    if (!info[0].IsBoolean()) refuse("keep", "true or false");
    backend().keepLogits(info[0].As<Napi::Boolean>());
    return info.Env().Undefined();
  });
}

Napi::Value Engine::logits(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return copied<Napi::Float32Array>(info.Env(), backend().logits(toInteger(info[0], "sequence")));
  });
}

Napi::Value Engine::close(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    backend_.reset();
    return info.Env().Undefined();
  });
}

Napi::Function Engine::define(Napi::Env env) {
  return DefineClass(
      env, "Engine",
      {InstanceMethod<&Engine::device>("device"), InstanceMethod<&Engine::loadTensor>("loadTensor"),
       InstanceMethod<&Engine::synthesize>("synthesize"), InstanceMethod<&Engine::ready>("ready"),
       InstanceMethod<&Engine::startClock>("startClock"),
       InstanceMethod<&Engine::nowNanos>("nowNanos"), InstanceMethod<&Engine::add>("add"),
       InstanceMethod<&Engine::release>("release"), InstanceMethod<&Engine::result>("result"),
       InstanceMethod<&Engine::launch>("launch"), InstanceMethod<&Engine::wait>("wait"),
       InstanceMethod<&Engine::keepLogits>("keepLogits"), InstanceMethod<&Engine::logits>("logits"),
       InstanceMethod<&Engine::close>("close")});
}

}  // namespace flover::addon
