// How a plan refuses a work: by naming it.
#pragma once
#include <cstdint>
#include <string>

#include "flover/error.h"
#include "flover/work.h"

namespace flover {

inline std::string number(int64_t value) { return std::to_string(value); }

// Of what is not negative; right up to the largest value.
inline int32_t divideUp(int32_t value, int32_t by) { return value / by + (value % by > 0 ? 1 : 0); }

[[noreturn]] inline void refuseWork(const Work& work, const std::string& why) {
  throw Error("work-invalid",
              "work " + number(work.id) + " on lane " + number(work.lane) + ": " + why,
              "works are the scheduler's: test its policy and KV memory with the laws of "
              "@flover/policy/testing");
}

// A macro, so that the reason is put into words only where it is needed: it is evaluated for
// every row of every iteration.
#define demand(holds, work, ...)                       \
  do {                                                 \
    if (!(holds)) refuseWork((work), __VA_ARGS__);     \
  } while (false)

}  // namespace flover
