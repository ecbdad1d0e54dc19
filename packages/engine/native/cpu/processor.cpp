#include "processor.h"

#include <fstream>

namespace flover::cpu {

const char* instructionSet() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
  return "AVX2";
#else
  return "generic";
#endif
}

std::string processorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

}  // namespace flover::cpu
