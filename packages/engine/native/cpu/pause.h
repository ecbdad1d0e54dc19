// The hint to the processor that a loop only waits.
#pragma once

namespace flover::cpu {

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace flover::cpu
