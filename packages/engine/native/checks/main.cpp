// Runs the checks whose names contain the first argument (all without one); exits 1 if one failed.
#include <cstdio>
#include <cstring>

#include "check.h"

int main(int count, char** arguments) {
  int passed = 0, failed = 0;
  for (const flover::checks::Entry& entry : flover::checks::entries()) {
    if (count > 1 && std::strstr(entry.name, arguments[1]) == nullptr) continue;
    try {
      entry.body();
      ++passed;
      std::printf("ok      %s\n", entry.name);
    } catch (const std::exception& error) {
      ++failed;
      std::printf("FAILED  %s\n        %s\n", entry.name, error.what());
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
