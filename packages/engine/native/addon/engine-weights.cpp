// Weights from a checkpoint or a seed.
#include "convert.h"
#include "engine.h"
#include "guard.h"

namespace flover::addon {
namespace {

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
    throw Error("tensor-shape",
                where + " has " + std::to_string(length) + " bytes; shape and type demand " +
                    std::to_string(expected),
                "give the whole tensor in the dataType that is named");
  }
  return data;
}

}  // namespace

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

}  // namespace flover::addon
