// The hint to the processor that a loop only waits. Not a call to the system: what is waited for is
// seen as soon as it is there.
#pragma once

namespace flover {

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace flover
