// A ring of shared memory that one thread fills and others empty: stages of a unit's weights and
// activations, with a barrier each for "full" and "empty".
#pragma once
#include "barrier.cuh"

namespace flover::cuda {

// As the host chooses it.
struct RingShape {
  int stages, weightBytes, tokenBytes;  // of a stage
};

// Stages that fit into so much shared memory.
constexpr RingShape ringShape(int sharedBytes, int weightBytes, int tokenBytes) {
  const int barrierBytes = 16;
  return {sharedBytes / (weightBytes + tokenBytes + barrierBytes), weightBytes, tokenBytes};
}

// Where its parts lie.
struct Ring {
  RingShape shape;
  uint32_t base;  // weights of all stages, activations of all stages, barriers

  __device__ __forceinline__ uint32_t weights(int stage) const {
    return base + stage * shape.weightBytes;
  }
  __device__ __forceinline__ uint32_t tokens(int stage) const {
    return base + shape.stages * shape.weightBytes + stage * shape.tokenBytes;
  }
  __device__ __forceinline__ uint32_t full(int stage) const {
    return base + shape.stages * (shape.weightBytes + shape.tokenBytes) + stage * 8;
  }
  __device__ __forceinline__ uint32_t empty(int stage) const { return full(shape.stages + stage); }

  // By one thread; `readers` arrive when they have read a stage.
  __device__ __forceinline__ void init(int readers) const {
    for (int s = 0; s < shape.stages; s++) {
      barrierInit(full(s), 1);
      barrierInit(empty(s), readers);
    }
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  }
};

// A place in the ring, counted on over all tiles of a block.
struct RingPlace {
  int stages, stage = 0;
  uint32_t parity = 0;  // of the round
  __device__ __forceinline__ explicit RingPlace(const Ring& ring) : stages(ring.shape.stages) {}
  __device__ __forceinline__ void advance() {
    if (++stage == stages) stage = 0, parity ^= 1;
  }
};

}  // namespace flover::cuda
