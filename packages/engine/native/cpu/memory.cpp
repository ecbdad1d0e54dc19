#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "flover/error.h"

namespace flover::cpu {

Buffer::Buffer(size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    throw Error("out-of-memory", "the system refused " + std::to_string(bytes >> 20) + " MiB",
                "take fewer KV blocks or a smaller model");
  }
#if defined(MADV_HUGEPAGE)
  if (bytes >= (size_t{4} << 20)) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  data_ = memory;
}

Buffer::~Buffer() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

int64_t physicalBytes() { return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE); }

int64_t availableBytes() {
  std::ifstream info("/proc/meminfo");
  std::string key;
  int64_t kibibytes = 0;
  while (info >> key >> kibibytes) {
    if (key == "MemAvailable:") return kibibytes << 10;
    info.ignore(256, '\n');
  }
  return physicalBytes();
}

}  // namespace flover::cpu
