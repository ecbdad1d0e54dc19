// A run: the clock, sequences, works and their ends, logits.
#include <cstring>

#include "convert.h"
#include "engine.h"
#include "guard.h"

namespace flover::addon {
namespace {

template <typename Array, typename T>
Array copied(Napi::Env env, const std::vector<T>& values) {
  Array array = Array::New(env, values.size());
  if (!values.empty()) std::memcpy(array.Data(), values.data(), values.size() * sizeof(T));
  return array;
}

}  // namespace

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

}  // namespace flover::addon
