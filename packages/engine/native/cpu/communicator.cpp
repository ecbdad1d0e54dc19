#include "communicator.h"

#include "rows.h"

namespace flover::cpu {

Communicator::Communicator(int32_t ranks, int64_t rows, int64_t width)
    : width_(width), barrier_(ranks), members_(static_cast<size_t>(ranks)) {
  for (Member& member : members_) {
    for (Buffer& part : member.parts)
      part = Buffer(static_cast<size_t>(rows * width) * sizeof(float));
  }
}

float* Communicator::part(int32_t rank) const {
  const Member& member = members_[static_cast<size_t>(rank)];
  return member.parts[member.turn].floats();
}

// Calls join(row, i, sum) for each element.
template <typename Join>
void Communicator::sum(int32_t rank, ThreadPool& pool, int64_t rows, Join join) {
  barrier_.arrive();
  uint32_t& turn = members_[static_cast<size_t>(rank)].turn;
  const uint32_t now = turn;
  forRows(pool, rows, width_ * static_cast<int64_t>(members_.size()), [&](int64_t row) {
    for (int64_t i = 0; i < width_; ++i) {
      const int64_t at = row * width_ + i;
      float sum = members_[0].parts[now].floats()[at];
      for (size_t other = 1; other < members_.size(); ++other)
        sum += members_[other].parts[now].floats()[at];
      join(at, i, sum);
    }
  });
  turn = 1 - now;
}

void Communicator::replace(int32_t rank, ThreadPool& pool, int64_t rows, float* y) {
  sum(rank, pool, rows, [y](int64_t at, int64_t, float sum) { y[at] = sum; });
}

void Communicator::add(int32_t rank, ThreadPool& pool, int64_t rows, const float* bias, float* y) {
  if (bias == nullptr) {
    sum(rank, pool, rows, [y](int64_t at, int64_t, float sum) { y[at] += sum; });
  } else {
    sum(rank, pool, rows, [=](int64_t at, int64_t i, float sum) { y[at] += sum + bias[i]; });
  }
}

}  // namespace flover::cpu
