// Runs the checks whose names contain the first argument (all without one); exits 1 if one failed.
#include <cstdio>
#include <string>

#include "check.h"

namespace {

std::string where(const flover::checks::Entry& entry) {
  const int devices = flover::checks::devices;
  if (entry.ranks == 1 || devices == 0) return {};
  return " on " + std::to_string(devices) + (devices == 1 ? " device" : " devices");
}

}  // namespace

int main(int count, char** arguments) {
  // What a check that hangs or crashes leaves behind is read.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  int passed = 0, failed = 0, skipped = 0;
  for (const flover::checks::Entry& entry : flover::checks::entries()) {
    if (count > 1 && entry.name.find(arguments[1]) == std::string::npos) continue;
    flover::checks::ranks = entry.ranks;
    flover::checks::devices = 0;
    try {
      entry.body();
      ++passed;
      std::printf("ok      %s%s\n", entry.name.c_str(), where(entry).c_str());
    } catch (const flover::checks::Skipped& skip) {
      ++skipped;
      std::printf("skipped %s: %s\n", entry.name.c_str(), skip.why.c_str());
    } catch (const std::exception& error) {
      ++failed;
      std::printf("FAILED  %s\n        %s\n", entry.name.c_str(), error.what());
    }
  }
  std::printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
  return failed == 0 && passed > 0 ? 0 : 1;
}
