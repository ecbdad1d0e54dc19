// One pass over the model for up to `capacity` tokens: which kernels, in which order. All buffers
// are the lane's own.
#pragma once
#include "attention.h"
#include "communicator.h"
#include "kv.h"
#include "memory.h"
#include "model.h"
#include "plan.h"
#include "sample.h"

namespace flover::cuda {

// What lanes share besides the weights.
struct Shared {
  const Model* model = nullptr;
  KvStore* kv = nullptr;
  int32_t* history = nullptr;  // [sequence slot][historyStride] token ids
  int historyStride = 0;
  int multiprocessors = 0;
  int maxSequenceTokens = 0;
  bool tiles = false;                    // prompts go by tiles of queries, on every rank or on none
  Communicator* communicator = nullptr;  // the lane's own; none in a world of one
};

// Where a lane's passes report to, pinned.
struct Reports {
  Record* records = nullptr;
  int32_t* tokens = nullptr;
  float* logProbs = nullptr;
  int stride = 0;
};

class Forward {
 public:
  Forward(const Shared& shared, const Reports& reports, int capacity, int singles, int samples);

  // Queues the kernels of a pass whose packed form lies at `pass` on the device; its products
  // and its attention of single tokens take at most `share` multiprocessors, or all where it is 0.
  // At most `real` of the layout's tokens are real.
  void run(const PassLayout& layout, void* pass, cudaStream_t stream, int share, int real);

  // Tokens of one pass at most; single-token rows and logit rows among them.
  int capacity() const { return capacity_; }
  int singles() const { return singles_; }
  int logitRows() const { return logitRows_; }
  float* logits() const { return logits_.as<float>(); }
  // Tokens padded as the product kernels want them.
  int paddedTokens(int tokens) const;

 private:
  struct Pass;
  void attend(const Pass& pass, int layer);
  void layer(const Pass& pass, int index);
  void finish(const Pass& pass);
  Product make(const Pass& pass, const Weight& weight, const void* x,
               const ActivationLayout& layout) const;
  Partials toPartials(const Pass& pass, const Weight& weight, const void* x,
                      const ActivationLayout& layout, float* to, const float* bias) const;

  Shared shared_;
  Reports reports_;
  int capacity_, singles_, logitRows_, maxChunks_;
  DeviceBuffer residual_, x_, attended_, inner_, last_, queries_, sums_, moreSums_, parts_,
      counters_, logits_, processed_, sampleCounter_, tickets_;
};

}  // namespace flover::cuda
