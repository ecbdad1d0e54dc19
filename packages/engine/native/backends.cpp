#include "flover/backend.h"

namespace flover {

const std::vector<BackendEntry>& backends() {
  static const std::vector<BackendEntry> entries = {
#if defined(FLOVER_WITH_CUDA)
      cudaBackend(),
#endif
      cpuBackend(),
  };
  return entries;
}

}  // namespace flover
