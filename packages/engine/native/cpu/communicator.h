// Sums over the ranks of one lane, through memory that all of them see.
//
// The one order: for an element, parts are added in ascending rank, in fp32, then the bias. Every
// rank adds them up for itself, so all have the same bits.
#pragma once
#include <cstdint>
#include <vector>

#include "barrier.h"
#include "memory.h"
#include "thread-pool.h"

namespace flover::cpu {

class Communicator {
 public:
  // For sums of at most `rows` rows of `width` elements.
  Communicator(int32_t ranks, int64_t rows, int64_t width);

  // Where this rank puts its part of the next sum, [rows, width].
  float* part(int32_t rank) const;
  // Joins the parts of all ranks once they stand: y = sum, or y += sum + bias. Throws
  // BarrierBroken.
  void replace(int32_t rank, ThreadPool& pool, int64_t rows, float* y);
  void add(int32_t rank, ThreadPool& pool, int64_t rows, const float* bias, float* y);

  // Turns away all ranks, now and later.
  void breakUp() { barrier_.breakUp(); }

 private:
  // Two parts a rank, in turn: while one is still being read the next is written, and a rank that
  // comes back to the first has met all others at the second.
  struct Member {
    Buffer parts[2];
    alignas(64) uint32_t turn = 0;
  };
  template <typename Join>
  void sum(int32_t rank, ThreadPool& pool, int64_t rows, Join join);

  int64_t width_;
  Barrier barrier_;
  std::vector<Member> members_;
};

}  // namespace flover::cpu
