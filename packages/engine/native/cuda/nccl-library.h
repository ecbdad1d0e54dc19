// The handful of NCCL's functions that are used, from libnccl.so.2 at run time.
#pragma once
#include <cuda_runtime.h>

namespace flover::cuda {

struct NcclLibrary {
  struct Id {
    char bytes[128];
  };
  using Result = int;  // 0: success
  static constexpr int kFloat32 = 7, kSum = 0;

  Result (*getUniqueId)(Id*);
  Result (*commInitRank)(void** communicator, int ranks, Id id, int rank);
  Result (*commDestroy)(void*);
  Result (*commAbort)(void*);
  Result (*allGather)(const void* from, void* to, size_t count, int type, void* communicator,
                      cudaStream_t);
  Result (*allReduce)(const void* from, void* to, size_t count, int type, int operation,
                      void* communicator, cudaStream_t);
  const char* (*getErrorString)(Result);
};

// Throws "collective-unavailable" where there is none.
const NcclLibrary& ncclLibrary();
// Throws "nccl-failed" unless `result` is 0.
void checkNccl(int result, const char* what);

}  // namespace flover::cuda
