// Numbers in messages.
#pragma once
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>

namespace flover {

// The fewest digits that tell the value from all others of its type; whole numbers in full.
template <std::floating_point Value>
std::string numberText(Value value) {
  constexpr Value kMostWhole = 1e15f;
  if (std::trunc(value) == value && std::abs(value) < kMostWhole)
    return std::to_string(static_cast<int64_t>(value));
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace flover
