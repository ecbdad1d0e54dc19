// What an engine is: made with a backend, described, closed.
#include "engine.h"

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
        throw Error("backend-unavailable", "backend \"" + name + "\" cannot run here: " + why,
                    name == "cuda" ? "use backend cpu, or auto" : "");
      return entry;
    }
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error("backend-unavailable",
              "backend \"" + name + "\" is not built in; there are: " + known,
              name == "cuda" ? "build again with a CUDA toolkit (nvcc) on PATH" : "");
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
  if (!backend_) throw Error("engine-closed", "this engine has been closed", "open a new engine");
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
