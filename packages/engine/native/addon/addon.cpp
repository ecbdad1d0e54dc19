// The module: what is built in, and the class Engine.
#include <napi.h>

#include "engine.h"
#include "guard.h"

namespace flover::addon {
namespace {

Napi::Object describe(Napi::Env env, const BackendEntry& backend) {
  Napi::Object entry = Napi::Object::New(env);
  const std::string unavailable = backend.unavailable();
  entry.Set("name", backend.name);
  entry.Set("unavailable", unavailable);
  Napi::Array devices = Napi::Array::New(env);
  if (unavailable.empty()) {
    const std::vector<std::string> names = backend.devices();
    for (size_t i = 0; i < names.size(); ++i) devices.Set(static_cast<uint32_t>(i), names[i]);
  }
  entry.Set("devices", devices);
  return entry;
}

Napi::Value listBackends(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::vector<BackendEntry>& entries = backends();
    Napi::Array list = Napi::Array::New(info.Env(), entries.size());
    for (size_t i = 0; i < entries.size(); ++i)
      list.Set(static_cast<uint32_t>(i), describe(info.Env(), entries[i]));
    return list;
  });
}

Napi::Value build(const Napi::CallbackInfo& info) {
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("compiler", FLOVER_COMPILER);
#if defined(__AVX512F__)
  object.Set("instructions", "AVX-512");
#elif defined(__AVX2__)
  object.Set("instructions", "AVX2");
#else
  object.Set("instructions", "generic");
#endif
  object.Set("cuda", FLOVER_CUDA_VERSION);
#if defined(FLOVER_SANITIZED)
  object.Set("sanitized", true);
#else
  object.Set("sanitized", false);
#endif
  return object;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("backends", Napi::Function::New(env, listBackends, "backends"));
  exports.Set("build", Napi::Function::New(env, build, "build"));
  exports.Set("Engine", Engine::define(env));
  return exports;
}

NODE_API_MODULE(flover, initialise)

}  // namespace
}  // namespace flover::addon
