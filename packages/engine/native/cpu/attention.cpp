#include "attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "attention-kernels.h"
#include "flover/tensors.h"

namespace flover::cpu {
namespace {

constexpr int32_t kMaxGroup = 64;

template <DataType T>
class Attention {
 public:
  Attention(const KvCache& cache, const TokenRow& row, int32_t layer, int32_t kvHead, int32_t group,
            int32_t headDim, AttentionScratch& scratch)
      : cache_(cache),
        row_(row),
        layer_(layer),
        kvHead_(kvHead),
        group_(group),
        headDim_(headDim),
        stride_(cache.headStride()),
        scratch_(scratch) {
    scratch_.scores.resize(static_cast<size_t>(group) * kSplitTokens);
    scratch_.outputs.assign(static_cast<size_t>(group * stride_), 0.0f);
    scratch_.queries.assign(static_cast<size_t>(group * stride_), 0.0f);
    scratch_.keys.resize(static_cast<size_t>(kLanes * stride_));
  }

  void run(const float* q, float* out) {
    const float scale = 1.0f / std::sqrt(static_cast<float>(headDim_));
    for (int32_t g = 0; g < group_; ++g) {
      for (int32_t i = 0; i < headDim_; ++i)
        scratch_.queries[g * stride_ + i] = q[g * headDim_ + i] * scale;
    }
    std::fill_n(maxima_, group_, -std::numeric_limits<float>::infinity());
    std::fill_n(sums_, group_, 0.0f);
    const int32_t end = row_.kvIndex + 1;
    for (int32_t begin = row_.attendFrom; begin < end;) {
      const int32_t next = std::min(end, (begin / kSplitTokens + 1) * kSplitTokens);
      runSplit(begin, next - begin);
      begin = next;
    }
    for (int32_t g = 0; g < group_; ++g) {
      for (int32_t i = 0; i < headDim_; ++i)
        out[g * headDim_ + i] = scratch_.outputs[g * stride_ + i] / sums_[g];
    }
  }

 private:
  void runSplit(int32_t begin, int32_t count) {
    const std::byte* rows[kSplitTokens];
    findRows(false, begin, count, rows);
    score(rows, count);
    for (int32_t g = 0; g < group_; ++g) weighScores(g, count);
    findRows(true, begin, count, rows);
    switch (stride_ / kLanes) {
      case 2:
        return weigh<2, 4>(rows, count);
      case 4:
        return weigh<4, 4>(rows, count);
      case 8:
        return weigh<8, 2>(rows, count);
      default:
        return weigh<1, 4>(rows, count);
    }
  }

  // Where the keys or values of tokens [begin, begin + count) lie.
  void findRows(bool values, int32_t begin, int32_t count, const std::byte** rows) const {
    const size_t rowBytes = static_cast<size_t>(stride_) * bytesPerElement(T);
    for (int32_t i = 0; i < count;) {
      const int32_t block = row_.blocks[(begin + i) / cache_.blockTokens()];
      const int32_t offset = (begin + i) % cache_.blockTokens();
      const std::byte* at =
          (values ? cache_.values(layer_, block, kvHead_) : cache_.keys(layer_, block, kvHead_)) +
          static_cast<size_t>(offset) * rowBytes;
      const int32_t last = std::min(count, i + cache_.blockTokens() - offset);
      for (; i < last; ++i, at += rowBytes) rows[i] = at;
    }
  }

  // Sixteen keys at a time. A last, partial sixteen repeats its last key; what that gives is
  // overwritten by weighScores.
  void score(const std::byte* const* rows, int32_t count) {
    const int parts = stride_ / kLanes;
    const std::byte* keys[kLanes];
    for (int32_t begin = 0; begin < count; begin += kLanes) {
      for (int key = 0; key < kLanes; ++key) keys[key] = rows[std::min(begin + key, count - 1)];
      float* out = scratch_.scores.data() + begin;
      if (group_ == 1) {
        scoreKeys<T>(parts, scratch_.queries.data(), keys, out);
        continue;
      }
      widen(keys, parts);
      for (int32_t g = 0; g < group_; ++g) {
        scoreKeys<DataType::F32>(parts, scratch_.queries.data() + g * stride_, keys,
                                 out + g * kSplitTokens);
      }
    }
  }

  // Keys that several query heads share are widened once.
  void widen(const std::byte** keys, int parts) {
    for (int key = 0; key < kLanes; ++key) {
      float* to = scratch_.keys.data() + key * stride_;
      for (int part = 0; part < parts; ++part)
        store(to + part * kLanes, loadAs<T>(keys[key], part * kLanes));
      keys[key] = reinterpret_cast<const std::byte*>(to);
    }
  }

  static float largest(const float* scores, int32_t count) {
    Lanes most = broadcast(scores[0]);
    int32_t i = 0;
    for (; i + kLanes <= count; i += kLanes) most = max(most, load(scores + i));
    float each[kLanes];
    store(each, most);
    float result = each[0];
    for (int lane = 1; lane < kLanes; ++lane) result = std::max(result, each[lane]);
    for (; i < count; ++i) result = std::max(result, scores[i]);
    return result;
  }

  // Where all scores are minus infinity there is nothing to subtract: infinities would give NaN,
  // which later keys could not mend.
  static float subtrahend(float maximum) {
    return maximum == -std::numeric_limits<float>::infinity() ? 0.0f : maximum;
  }

  // Turns one head's scores of a split into weights; notes how its outputs so far and the split's
  // are to be scaled.
  void weighScores(int32_t g, int32_t count) {
    float* scores = scratch_.scores.data() + g * kSplitTokens;
    const float splitMaximum = largest(scores, count);
    Lanes total = zero();
    for (int32_t i = 0; i < count; i += kLanes) {
      Lanes weights = exp(sub(load(scores + i), broadcast(subtrahend(splitMaximum))));
      store(scores + i, weights);
      if (i + kLanes > count) {
        std::fill(scores + count, scores + i + kLanes, 0.0f);
        weights = load(scores + i);
      }
      total = add(total, weights);
    }
    const float newMaximum = std::max(maxima_[g], splitMaximum);
    keep_[g] = std::exp(maxima_[g] - subtrahend(newMaximum));
    take_[g] = std::exp(splitMaximum - subtrahend(newMaximum));
    sums_[g] = sums_[g] * keep_[g] + sum(total) * take_[g];
    maxima_[g] = newMaximum;
  }

  template <int Parts, int Heads>
  void weighHeads(const std::byte* const* rows, int32_t count, int32_t g) {
    for (int offset = 0; offset < stride_; offset += Parts * kLanes) {
      weighValues<T, Parts, Heads>(scratch_.scores.data() + g * kSplitTokens, kSplitTokens, rows,
                                   count, offset, keep_ + g, take_ + g,
                                   scratch_.outputs.data() + g * stride_, stride_);
    }
  }

  template <int Parts, int MostHeads>
  void weigh(const std::byte* const* rows, int32_t count) {
    for (int32_t g = 0; g < group_;) {
      const int32_t heads = std::min(group_ - g, MostHeads);
      switch (heads) {
        case 1:
          weighHeads<Parts, 1>(rows, count, g);
          break;
        case 2:
          weighHeads<Parts, 2>(rows, count, g);
          break;
        case 3:
          weighHeads<Parts, std::min(3, MostHeads)>(rows, count, g);
          break;
        default:
          weighHeads<Parts, MostHeads>(rows, count, g);
      }
      g += heads;
    }
  }

  const KvCache& cache_;
  const TokenRow& row_;
  int32_t layer_, kvHead_, group_, headDim_, stride_;
  AttentionScratch& scratch_;
  float maxima_[kMaxGroup], sums_[kMaxGroup], keep_[kMaxGroup], take_[kMaxGroup];
};

template <DataType T>
void attendAs(const KvCache& cache, const TokenRow& row, int32_t layer, int32_t kvHead,
              int32_t group, int32_t headDim, const float* q, float* out,
              AttentionScratch& scratch) {
  for (int32_t first = 0; first < group; first += kMaxGroup) {
    const int32_t count = std::min(group - first, kMaxGroup);
    Attention<T>(cache, row, layer, kvHead, count, headDim, scratch)
        .run(q + first * headDim, out + first * headDim);
  }
}

}  // namespace

void attend(const KvCache& cache, const TokenRow& row, int32_t layer, int32_t kvHead, int32_t group,
            int32_t headDim, const float* q, float* out, AttentionScratch& scratch) {
  switch (cache.type()) {
    case DataType::F32:
      return attendAs<DataType::F32>(cache, row, layer, kvHead, group, headDim, q, out, scratch);
    case DataType::F16:
      return attendAs<DataType::F16>(cache, row, layer, kvHead, group, headDim, q, out, scratch);
    case DataType::BF16:
      return attendAs<DataType::BF16>(cache, row, layer, kvHead, group, headDim, q, out, scratch);
  }
}

}  // namespace flover::cpu
