// How a plan refuses a work: by naming it.
#pragma once
#include <cstdint>
#include <string>

#include "flover/error.h"
#include "flover/work.h"

namespace flover {

inline std::string number(int64_t value) { return std::to_string(value); }

inline int32_t divideUp(int32_t value, int32_t by) { return (value + by - 1) / by; }

inline void demand(bool holds, const Work& work, const std::string& why) {
  if (holds) return;
  throw Error("work-invalid",
              "work " + number(work.id) + " on lane " + number(work.lane) + ": " + why);
}

}  // namespace flover
