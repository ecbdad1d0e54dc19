// The function table behind which the CPU and the CUDA engine stand: one backend for all ranks of
// this process. Backends throw flover::Error and never exit; a rank that fails ends the run with
// one "rank-failed".
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "flover/model.h"
#include "flover/work.h"

namespace flover {

struct DeviceInfo {
  std::string backend;  // "cpu" or "cuda"
  std::string name;
  int64_t memoryBytes = 0;
  int64_t freeBytes = 0;
  std::string detail;  // compute capability and driver, or instruction sets and threads
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual DeviceInfo device() const = 0;

  // Weights: every tensor by its Hugging Face name, or all of them from a seed. `shape` is the
  // whole tensor's, of which each rank keeps its part. `ready` checks that none is missing.
  virtual void loadTensor(const std::string& name, DataType type, const std::vector<int64_t>& shape,
                          const void* data) = 0;
  virtual void synthesize(uint64_t seed) = 0;
  virtual void ready() = 0;

  // Starts the run clock at zero.
  virtual void startClock() = 0;
  virtual int64_t nowNanos() const = 0;

  virtual void add(const SequenceConfig& sequence) = 0;
  virtual void release(int32_t sequence) = 0;
  virtual SequenceResult result(int32_t sequence) const = 0;

  // Queues a work behind those of its lane and returns at once.
  virtual void launch(const Work& work) = 0;
  // Waits for the next end of any lane's oldest work, until `deadlineNanos` on the run clock
  // (negative: for ever). False when the deadline passed first. Rethrows what a lane threw.
  virtual bool wait(int64_t deadlineNanos, Completion& completion) = 0;

  // For checks: logits of the last row of a sequence in the last work that sampled it,
  // [vocabulary].
  virtual void keepLogits(bool keep) = 0;
  virtual std::vector<float> logits(int32_t sequence) const = 0;
};

struct BackendEntry {
  const char* name;
  // An empty string when this backend can run here, else why not.
  std::string (*unavailable)();
  std::unique_ptr<Backend> (*create)(const EngineConfig& config);
  // Names of the devices that ranks can have, by number; asked only where it can run.
  std::vector<std::string> (*devices)();
};

BackendEntry cpuBackend();
BackendEntry cudaBackend();  // defined in native/cuda; linked where FLOVER_WITH_CUDA is defined

// The backends built into this library, best first.
const std::vector<BackendEntry>& backends();

}  // namespace flover
