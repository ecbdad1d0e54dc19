// JS values to C++ and back, every one checked: what is wrong throws flover::Error, nothing is
// assumed.
#pragma once
#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "flover/error.h"
#include "flover/model.h"
#include "flover/work.h"

namespace flover::addon {

[[noreturn]] void refuseKind(const Napi::Value& value, const std::string& where,
                             const std::string& allowed);
[[noreturn]] void refuse(const std::string& what, const std::string& allowed);

// An object of named fields; keys outside `known` are refused.
class Fields {
 public:
  Fields(Napi::Value value, std::string where, std::initializer_list<const char*> known);
  bool has(const char* name) const;
  Napi::Value get(const char* name) const;
  std::string path(const char* name) const { return where_ + "." + name; }
  int32_t integer(const char* name) const;
  int32_t integer(const char* name, int32_t otherwise) const;
  double number(const char* name) const;
  double number(const char* name, double otherwise) const;
  bool flag(const char* name, bool otherwise) const;
  std::string text(const char* name) const;

 private:
  Napi::Object object_;
  std::string where_;
};

int32_t toInteger(Napi::Value value, const std::string& where);
double toNumber(Napi::Value value, const std::string& where);
uint64_t toSeed(Napi::Value value, const std::string& where);
std::string toText(Napi::Value value, const std::string& where);
std::vector<int32_t> toIntegers(Napi::Value value, const std::string& where);
std::vector<std::vector<int32_t>> toLists(Napi::Value value, const std::string& where);

// A typed array of this element type with at least `least` elements.
template <typename T>
T* toTyped(Napi::Value value, napi_typedarray_type type, size_t least, const char* where) {
  napi_typedarray_type seen;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &seen, &length, &data, nullptr, nullptr) !=
      napi_ok) {
    refuseKind(value, where, "a typed array");
  }
  if (seen != type) refuse(where, "a typed array of another element type");
  if (length < least) {
    refuse(std::string(where) + " (length " + std::to_string(length) + ")",
           "at least " + std::to_string(least));
  }
  return static_cast<T*>(data);
}

EngineConfig toEngineConfig(Napi::Value value);
SequenceConfig toSequenceConfig(Napi::Value value);
void addEdits(Work& work, const int32_t* edits, size_t length);

}  // namespace flover::addon
