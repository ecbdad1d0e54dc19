#include "attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flover/tensors.h"
#include "simd.h"

namespace flover::cpu {
namespace {

template <DataType T>
class Attention {
 public:
  Attention(const KvCache& cache, const TokenRow& row, int32_t layer, int32_t kvHead, int32_t group, int32_t headDim,
            AttentionScratch& scratch)
      : cache_(cache), row_(row), layer_(layer), kvHead_(kvHead), group_(group), headDim_(headDim),
        stride_(cache.headStride()), scratch_(scratch) {
    scratch_.scores.resize(static_cast<size_t>(group) * kSplitTokens);
    scratch_.outputs.assign(static_cast<size_t>(group * stride_), 0.0f);
    scratch_.queries.assign(static_cast<size_t>(group * stride_), 0.0f);
  }

  void run(const float* q, float* out) {
    const float scale = 1.0f / std::sqrt(static_cast<float>(headDim_));
    for (int32_t g = 0; g < group_; ++g) {
      for (int32_t i = 0; i < headDim_; ++i) scratch_.queries[g * stride_ + i] = q[g * headDim_ + i] * scale;
    }
    float maxima[kMaxGroup], sums[kMaxGroup];
    std::fill_n(maxima, group_, -std::numeric_limits<float>::infinity());
    std::fill_n(sums, group_, 0.0f);
    const int32_t end = row_.kvIndex + 1;
    for (int32_t begin = row_.attendFrom; begin < end;) {
      const int32_t next = std::min(end, (begin / kSplitTokens + 1) * kSplitTokens);
      score(begin, next);
      for (int32_t g = 0; g < group_; ++g) merge(g, begin, next, maxima[g], sums[g]);
      begin = next;
    }
    for (int32_t g = 0; g < group_; ++g) {
      for (int32_t i = 0; i < headDim_; ++i) out[g * headDim_ + i] = scratch_.outputs[g * stride_ + i] / sums[g];
    }
  }

  static constexpr int32_t kMaxGroup = 64;

 private:
  // Calls visit(token, pointer) for the tokens [begin, end), pointer to the row of keys or values.
  template <typename Visit>
  void forTokens(bool values, int32_t begin, int32_t end, Visit visit) const {
    const size_t rowBytes = static_cast<size_t>(stride_) * bytesPerElement(T);
    for (int32_t token = begin; token < end;) {
      const int32_t block = row_.blocks[token / cache_.blockTokens()];
      const int32_t offset = token % cache_.blockTokens();
      const int32_t last = std::min(end, token - offset + cache_.blockTokens());
      const std::byte* at = (values ? cache_.values(layer_, block, kvHead_) : cache_.keys(layer_, block, kvHead_)) +
                            static_cast<size_t>(offset) * rowBytes;
      for (; token < last; ++token, at += rowBytes) visit(token, at);
    }
  }

  void score(int32_t begin, int32_t end) {
    const int parts = stride_ / kLanes;
    forTokens(false, begin, end, [&](int32_t token, const std::byte* key) {
      for (int32_t g = 0; g < group_; ++g) {
        const float* query = scratch_.queries.data() + g * stride_;
        Lanes total = zero();
        for (int part = 0; part < parts; ++part) {
          total = fma(load(query + part * kLanes), loadAs<T>(key, part * kLanes), total);
        }
        scratch_.scores[static_cast<size_t>(g * kSplitTokens + token - begin)] = sum(total);
      }
    });
  }

  // Turns the scores of one split into weights and folds the split into the output of head g.
  void merge(int32_t g, int32_t begin, int32_t end, float& maximum, float& whole) {
    float* scores = scratch_.scores.data() + g * kSplitTokens;
    const int32_t count = end - begin;
    const float splitMaximum = *std::max_element(scores, scores + count);
    std::fill(scores + count, scores + (count + kLanes - 1) / kLanes * kLanes, -std::numeric_limits<float>::infinity());
    Lanes total = zero();
    for (int32_t i = 0; i < count; i += kLanes) {
      Lanes weights = exp(sub(load(scores + i), broadcast(splitMaximum)));
      store(scores + i, weights);
      if (i + kLanes > count) {
        std::fill(scores + count, scores + i + kLanes, 0.0f);
        weights = load(scores + i);
      }
      total = add(total, weights);
    }
    const float newMaximum = std::max(maximum, splitMaximum);
    const float keep = std::exp(maximum - newMaximum), take = std::exp(splitMaximum - newMaximum);
    whole = whole * keep + sum(total) * take;
    maximum = newMaximum;
    weigh(g, begin, end, keep, take);
  }

  void weigh(int32_t g, int32_t begin, int32_t end, float keep, float take) {
    switch (stride_ / kLanes) {
      case 2: return weighParts<2>(g, begin, end, keep, take, 0);
      case 4: return weighParts<4>(g, begin, end, keep, take, 0);
      case 8: return weighParts<8>(g, begin, end, keep, take, 0);
      default:
        for (int part = 0; part < stride_ / kLanes; ++part) weighParts<1>(g, begin, end, keep, take, part);
    }
  }

  template <int Parts>
  void weighParts(int32_t g, int32_t begin, int32_t end, float keep, float take, int firstPart) {
    const float* weights = scratch_.scores.data() + g * kSplitTokens;
    Lanes totals[Parts];
    for (int part = 0; part < Parts; ++part) totals[part] = zero();
    forTokens(true, begin, end, [&](int32_t token, const std::byte* value) {
      const Lanes weight = broadcast(weights[token - begin]);
      for (int part = 0; part < Parts; ++part) {
        totals[part] = fma(weight, loadAs<T>(value, (firstPart + part) * kLanes), totals[part]);
      }
    });
    float* out = scratch_.outputs.data() + g * stride_ + firstPart * kLanes;
    for (int part = 0; part < Parts; ++part) {
      float* at = out + part * kLanes;
      store(at, add(mul(load(at), broadcast(keep)), mul(totals[part], broadcast(take))));
    }
  }

  const KvCache& cache_;
  const TokenRow& row_;
  int32_t layer_, kvHead_, group_, headDim_, stride_;
  AttentionScratch& scratch_;
};

}  // namespace

void attend(const KvCache& cache, const TokenRow& row, int32_t layer, int32_t kvHead, int32_t group, int32_t headDim,
            const float* q, float* out, AttentionScratch& scratch) {
  const auto run = [&]<DataType T>() {
    for (int32_t first = 0; first < group; first += Attention<T>::kMaxGroup) {
      const int32_t count = std::min(group - first, Attention<T>::kMaxGroup);
      Attention<T>(cache, row, layer, kvHead, count, headDim, scratch).run(q + first * headDim, out + first * headDim);
    }
  };
  switch (cache.type()) {
    case DataType::F32: return run.template operator()<DataType::F32>();
    case DataType::F16: return run.template operator()<DataType::F16>();
    case DataType::BF16: return run.template operator()<DataType::BF16>();
  }
}

}  // namespace flover::cpu
