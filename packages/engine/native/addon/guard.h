// Turns C++ exceptions into JS errors with `code`, `message` and `hint`.
#pragma once
#include <napi.h>

#include <new>

#include "flover/error.h"

namespace flover::addon {

inline Napi::Error toJs(Napi::Env env, const std::string& code, const std::string& message,
                        const std::string& hint) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  error.Set("hint", Napi::String::New(env, hint));
  return error;
}

template <typename Body>
auto guarded(Napi::Env env, Body body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (const Error& error) {
    throw toJs(env, error.code, error.what(), error.hint);
  } catch (const std::bad_alloc&) {
    throw toJs(env, "out-of-memory", "the system refused memory",
               "take fewer KV blocks or a smaller model");
  } catch (const std::exception& error) {
    throw toJs(env, "internal", error.what(), "");
  }
}

}  // namespace flover::addon
