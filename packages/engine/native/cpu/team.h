// The ranks of one lane: a thread each, that carry out the same thing together and fail together.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "communicator.h"
#include "flover/model.h"

namespace flover::cpu {

// Thrown where work is given up because the engine is being closed.
struct Closing {};

// The failure that ended a world; all its lanes end with the same.
class WorldFailure {
 public:
  void set(std::exception_ptr failure);  // the first stays
  void rethrow() const;                  // if there is one

 private:
  mutable std::mutex mutex_;
  std::exception_ptr failure_;
};

class Team {
 public:
  // `rows` and `width` are those of the communicator. Throws "out-of-threads".
  Team(const WorldConfig& world, int64_t rows, int64_t width, WorldFailure& failure);
  ~Team();

  Communicator& communicator() { return communicator_; }

  // Calls body(rank) on every rank's thread, rank 0's being the caller's, and returns when all have
  // ended. Throws Closing if a rank did, else the world's failure if a rank failed now or before.
  template <typename Body>
  void run(Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    runAll(const_cast<void*>(static_cast<const void*>(&body)),
           [](void* context, int32_t rank) { (*static_cast<Plain*>(context))(rank); });
  }

 private:
  using Call = void (*)(void* context, int32_t rank);

  void stop();
  void runAll(void* context, Call call);
  void runOne(int32_t rank);
  void loop(int32_t rank);
  void judge();

  const WorldConfig world_;
  Communicator communicator_;
  WorldFailure& failure_;
  void* context_ = nullptr;
  Call call_ = nullptr;
  std::vector<std::exception_ptr> thrown_;  // by rank
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<uint32_t> generation_{0};
  alignas(64) std::atomic<int32_t> running_{0};
  std::vector<std::thread> threads_;
};

// Calls body(rank) for all ranks at once, each on a thread of its own where there are several: for
// what is done before a run. Throws the world's failure.
void onEachRank(const WorldConfig& world, const std::function<void(int32_t)>& body);

}  // namespace flover::cpu
