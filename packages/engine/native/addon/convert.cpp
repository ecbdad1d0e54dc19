#include "convert.h"

#include <cmath>

#include "flover/number-text.h"

namespace flover::addon {

namespace {

// What a wrong value is, for messages.
std::string kindOf(const Napi::Value& value) {
  if (value.IsUndefined()) return "missing";
  if (value.IsNull()) return "null";
  if (value.IsString()) return "a string";
  if (value.IsNumber()) return "a number";
  if (value.IsBoolean()) return "a boolean";
  return "of another type";
}

}  // namespace

void refuseKind(const Napi::Value& value, const std::string& where, const std::string& allowed) {
  throw Error("argument-invalid", where + " is " + kindOf(value) + "; allowed: " + allowed);
}

void refuse(const std::string& what, const std::string& allowed) {
  throw Error("argument-invalid", what + " is not allowed; allowed: " + allowed);
}

Fields::Fields(Napi::Value value, std::string where, std::initializer_list<const char*> known)
    : where_(std::move(where)) {
  if (!value.IsObject()) refuseKind(value, where_, "an object");
  object_ = value.As<Napi::Object>();
  const Napi::Array names = object_.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).ToString();
    bool isKnown = false;
    std::string all;
    for (const char* candidate : known) {
      isKnown = isKnown || name == candidate;
      all += (all.empty() ? "" : ", ") + std::string(candidate);
    }
    if (!isKnown)
      throw Error("config-invalid", where_ + " has an unknown key \"" + name + "\"; known: " + all);
  }
}

bool Fields::has(const char* name) const { return !object_.Get(name).IsUndefined(); }
Napi::Value Fields::get(const char* name) const { return object_.Get(name); }
int32_t Fields::integer(const char* name) const { return toInteger(get(name), path(name)); }
int32_t Fields::integer(const char* name, int32_t otherwise) const {
  return has(name) ? integer(name) : otherwise;
}
double Fields::number(const char* name) const { return toNumber(get(name), path(name)); }
double Fields::number(const char* name, double otherwise) const {
  return has(name) ? number(name) : otherwise;
}
std::string Fields::text(const char* name) const { return toText(get(name), path(name)); }

bool Fields::flag(const char* name, bool otherwise) const {
  if (!has(name)) return otherwise;
  if (!get(name).IsBoolean()) refuseKind(get(name), path(name), "true or false");
  return get(name).As<Napi::Boolean>();
}

double toNumber(Napi::Value value, const std::string& where) {
  if (!value.IsNumber()) refuseKind(value, where, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

int32_t toInteger(Napi::Value value, const std::string& where) {
  const double number = toNumber(value, where);
  if (std::trunc(number) != number || std::abs(number) > 2147483647.0) {
    refuse(where + " = " + numberText(number), "a 32-bit integer");
  }
  return static_cast<int32_t>(number);
}

uint64_t toSeed(Napi::Value value, const std::string& where) {
  if (value.IsBigInt()) {
    bool lossless = false;
    const uint64_t seed = value.As<Napi::BigInt>().Uint64Value(&lossless);
    if (!lossless)
      refuse(where + " = " + value.ToString().Utf8Value(), "a bigint of 64 bits, not negative");
    return seed;
  }
  const double number = toNumber(value, where);
  if (!(number >= 0 && number <= 9007199254740991.0) || std::trunc(number) != number) {
    refuse(where + " = " + numberText(number), "a safe integer, not negative, or a bigint");
  }
  return static_cast<uint64_t>(number);
}

std::string toText(Napi::Value value, const std::string& where) {
  if (!value.IsString()) refuseKind(value, where, "a string");
  return value.As<Napi::String>();
}

std::vector<int32_t> toIntegers(Napi::Value value, const std::string& where) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_int32_array) {
    const int32_t* data = toTyped<int32_t>(value, napi_int32_array, 0, where.c_str());
    return {data, data + value.As<Napi::TypedArray>().ElementLength()};
  }
  if (!value.IsObject()) refuseKind(value, where, "an array of integers");
  const Napi::Object object = value.As<Napi::Object>();
  const int32_t length = toInteger(object.Get("length"), where + ".length");
  std::vector<int32_t> integers;
  for (int32_t i = 0; i < length; ++i) {
    integers.push_back(
        toInteger(object.Get(static_cast<uint32_t>(i)), where + "[" + std::to_string(i) + "]"));
  }
  return integers;
}

std::vector<std::vector<int32_t>> toLists(Napi::Value value, const std::string& where) {
  if (!value.IsArray()) refuseKind(value, where, "an array of token lists");
  const Napi::Array array = value.As<Napi::Array>();
  std::vector<std::vector<int32_t>> lists;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    lists.push_back(toIntegers(array.Get(i), where + "[" + std::to_string(i) + "]"));
  }
  return lists;
}

void addEdits(Work& work, const int32_t* edits, size_t length) {
  size_t at = 0;
  const auto next = [&] {
    if (at >= length)
      refuse("edits: a record cut short at " + std::to_string(length), "whole records");
    return edits[at++];
  };
  while (at < length) {
    const int32_t kind = next();
    if (kind == 1 || kind == 4) {
      Swap swap{next(), kind == 1, next(), {}};
      const int32_t count = next();
      if (count < 0 || static_cast<size_t>(count) > length - at)
        refuse("edits: a swap of " + std::to_string(count) + " blocks",
               "0 to the " + std::to_string(length - at) + " numbers that follow");
      swap.blocks.assign(edits + at, edits + at + count);
      at += static_cast<size_t>(count);
      work.swaps.push_back(std::move(swap));
    } else if (kind == 2) {
      work.moves.push_back(Move{next(), next(), next(), next(), next()});
    } else if (kind == 3) {
      work.placements.push_back(Placement{next(), next(), next()});
    } else if (kind == 5) {
      work.forks.push_back(Fork{next(), next(), next()});
    } else {
      refuse("edits: kind " + std::to_string(kind), "1 to 5");
    }
  }
}

}  // namespace flover::addon
