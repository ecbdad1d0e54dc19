// A small harness: named checks that register themselves, expectations that say what was seen.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "flover/error.h"

namespace flover::checks {

struct Entry {
  std::string name;
  int32_t ranks = 1;
  std::function<void()> body;
};

// How many ranks the engines of the running check have.
inline int32_t ranks = 1;
// How many devices one of them had at most, once it has made an engine.
inline int32_t devices = 0;

// Thrown by a check that cannot run here.
struct Skipped {
  std::string why;
};

inline std::vector<Entry>& entries() {
  static std::vector<Entry> all;
  return all;
}

struct Registration {
  Registration(const char* name, std::function<void()> body) {
    entries().push_back({name, 1, std::move(body)});
  }
  Registration(const char* name, std::initializer_list<int32_t> counts,
               std::function<void()> body) {
    for (const int32_t count : counts) {
      const std::string suffix = " (" + std::to_string(count) + " ranks)";
      entries().push_back({count == 1 ? name : name + suffix, count, body});
    }
  }
};

[[noreturn]] inline void fail(const char* file, int line, const std::string& what) {
  throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": " + what);
}

template <typename A, typename B>
void expectEqual(const char* file, int line, const char* text, const A& seen, const B& wanted) {
  if (seen == wanted) return;
  std::ostringstream message;
  message.precision(9);
  message << text << " is " << seen << ", expected " << wanted;
  fail(file, line, message.str());
}

inline void expectNear(const char* file, int line, const char* text, double seen, double wanted,
                       double tolerance) {
  if (std::abs(seen - wanted) <= tolerance) return;
  std::ostringstream message;
  message.precision(9);
  message << text << " is " << seen << ", expected " << wanted << " within " << tolerance;
  fail(file, line, message.str());
}

// Runs `body`, which must throw flover::Error with this code; gives its message back.
inline std::string expectError(const char* file, int line, const std::string& code,
                               const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.code == code) return error.what();
    fail(file, line, "error " + error.code + " (" + error.what() + "), expected " + code);
  }
  fail(file, line, "no error, expected " + code);
}

}  // namespace flover::checks

#define FLOVER_JOIN_(a, b) a##b
#define FLOVER_JOIN(a, b) FLOVER_JOIN_(a, b)
#define CHECK(name)                                                         \
  static void FLOVER_JOIN(check, __LINE__)();                               \
  static const ::flover::checks::Registration FLOVER_JOIN(entry, __LINE__)( \
      name, FLOVER_JOIN(check, __LINE__));                                  \
  static void FLOVER_JOIN(check, __LINE__)()
// A check of engines of one rank, of two and of four.
#define CHECK_ON_RANKS(name)                                                \
  static void FLOVER_JOIN(check, __LINE__)();                               \
  static const ::flover::checks::Registration FLOVER_JOIN(entry, __LINE__)( \
      name, {1, 2, 4}, FLOVER_JOIN(check, __LINE__));                       \
  static void FLOVER_JOIN(check, __LINE__)()
#define EXPECT(condition) \
  if (!(condition)) ::flover::checks::fail(__FILE__, __LINE__, "not so: " #condition)
#define EXPECT_EQUAL(seen, wanted) \
  ::flover::checks::expectEqual(__FILE__, __LINE__, #seen, seen, wanted)
#define EXPECT_NEAR(seen, wanted, tolerance) \
  ::flover::checks::expectNear(__FILE__, __LINE__, #seen, seen, wanted, tolerance)
#define EXPECT_ERROR(code, ...) \
  ::flover::checks::expectError(__FILE__, __LINE__, code, [&] { __VA_ARGS__; })
