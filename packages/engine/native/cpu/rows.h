// One new token of an iteration, as the kernels see it.
#pragma once
#include <cstdint>

namespace flover::cpu {

struct TokenRow {
  int32_t token = 0;
  int32_t position = 0;             // for the rotary embedding
  const int32_t* blocks = nullptr;  // block table of its sequence
  int32_t kvIndex = 0;     // where its key goes: position, or a dead row's place in scratch
  int32_t attendFrom = 0;  // first key it sees: 0, or kvIndex for a dead row
};

}  // namespace flover::cpu
