// The class `Engine` of the addon: one backend, used by the thread that made it.
#pragma once
#include <napi.h>

#include <memory>

#include "flover/backend.h"

namespace flover::addon {

class Engine : public Napi::ObjectWrap<Engine> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Engine(const Napi::CallbackInfo& info);

 private:
  Napi::Value device(const Napi::CallbackInfo& info);
  Napi::Value loadTensor(const Napi::CallbackInfo& info);
  Napi::Value synthesize(const Napi::CallbackInfo& info);
  Napi::Value ready(const Napi::CallbackInfo& info);
  Napi::Value startClock(const Napi::CallbackInfo& info);
  Napi::Value nowNanos(const Napi::CallbackInfo& info);
  Napi::Value add(const Napi::CallbackInfo& info);
  Napi::Value release(const Napi::CallbackInfo& info);
  Napi::Value result(const Napi::CallbackInfo& info);
  Napi::Value launch(const Napi::CallbackInfo& info);
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value keepLogits(const Napi::CallbackInfo& info);
  Napi::Value logits(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  Backend& backend();

  int32_t maxSequences_ = 0;
  std::unique_ptr<Backend> backend_;
  Work work_;
  Completion completion_;
};

}  // namespace flover::addon
