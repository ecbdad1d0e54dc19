// One new token of an iteration, as the kernels see it, and how rows are spread over the threads.
#pragma once
#include <cstdint>

#include "thread-pool.h"

namespace flover::cpu {

struct TokenRow {
  int32_t token = 0;
  int32_t position = 0;             // for the rotary embedding
  const int32_t* blocks = nullptr;  // block table of its sequence
  int32_t kvIndex = 0;     // where its key goes: position, or a dead row's place in scratch
  int32_t attendFrom = 0;  // first key it sees: 0, or kvIndex for a dead row
};

// Calls body(row) for each row; below this many elements in all it is not worth waking the threads.
constexpr int64_t kSerialElements = 16384;

template <typename Body>
void forRows(ThreadPool& pool, int64_t rows, int64_t rowElements, Body body) {
  if (rows * rowElements <= kSerialElements) {
    for (int64_t row = 0; row < rows; ++row) body(row);
  } else {
    pool.run(rows, [&](int64_t row, int) { body(row); });
  }
}

}  // namespace flover::cpu
