// Weight products alone: all products of one LLaMA-13B iteration, in one graph, for every batch
// bucket and for prefill, as a share of the read bandwidth and of the matrix rate measured in the
// same run. First, that the sums are right, and that a token's bits do not depend on its company.
#include <cstdio>
#include <exception>

#include "product-sums.cuh"
#include "product-times.cuh"

int main() {
  using namespace flover::cuda;
  try {
    const int failures = checkSums<Half>("fp16") + checkSums<Bfloat>("bf16");
    ProductTimes times;
    times.printReadBandwidth();
    times.printIterations();
    times.printPrompts();
    times.printShapes();
    return failures > 0;
  } catch (const std::exception& error) {
    std::printf("failed: %s\n", error.what());
    return 1;
  }
}
