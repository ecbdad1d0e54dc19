// Compute threads of a rank, shared by all its lanes. One parallel region runs at a time, on every
// thread; lanes that want one take turns in order of asking, and a long region steps aside for the
// others at its next item.
#pragma once
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "flover/error.h"

namespace flover::cpu {

// "out-of-threads": the system gave no thread for the number-th `what` of `of`.
Error noThread(const char* what, int number, int of);

class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // throws "out-of-threads"
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // Calls body(item, worker) once for each item in [0, items), worker in [0, threads); the caller
  // is worker 0. Items go to whichever thread is free, so a body's result must not depend on its
  // worker. Must not throw.
  template <typename Body>
  void run(int64_t items, Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    runItems(items, const_cast<void*>(static_cast<const void*>(&body)),
             [](void* context, int64_t item, int worker) {
               (*static_cast<Plain*>(context))(item, worker);
             });
  }

 private:
  using Call = void (*)(void* context, int64_t item, int worker);

  void stop();
  void runItems(int64_t items, void* context, Call call);
  void takeItems(int worker);
  void workerLoop(int worker);
  void acquireTurn();
  void releaseTurn();
  bool othersWait() const;

  const int threads_;
  std::vector<std::thread> workers_;
  std::atomic<bool> stop_{false};

  alignas(64) std::atomic<uint32_t> nextTicket_{0};
  alignas(64) std::atomic<uint32_t> serving_{0};

  // The open region. Workers enter by `inside_`, then check that it is still open.
  alignas(64) std::atomic<uint32_t> generation_{0};
  std::atomic<bool> open_{false};
  alignas(64) std::atomic<int32_t> inside_{0};
  alignas(64) std::atomic<int64_t> next_{0};
  int64_t items_ = 0;
  int64_t startNanos_ = 0;
  void* context_ = nullptr;
  Call call_ = nullptr;
};

}  // namespace flover::cpu
