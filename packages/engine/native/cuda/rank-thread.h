// The thread that alone speaks to a rank's device, so that all ranks are given their kernels at
// once and planning goes on meanwhile. It serves all lanes in one order, the same on every rank:
// work of one lane never stands before another's on one device and behind it on the next.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace flover::cuda {

class RankThread {
 public:
  using Task = std::function<void()>;

  explicit RankThread(int device);
  ~RankThread();

  // Tasks must not throw. False once the thread has ended.
  bool post(Task task);
  // To run before the next one that is posted, at the latest.
  void defer(Task task);
  // Something is about to be posted: the thread wakes and watches for it a while, so that what is
  // posted then does not wait for a sleeper.
  void rouse();
  // Until every task posted so far has run; false where the thread ended before.
  bool finish();
  // Ends the thread; tasks behind are left undone.
  void end();

 private:
  void serve(int device);
  void watch() const;

  std::mutex mutex_;
  std::condition_variable posted_, done_;
  std::deque<Task> tasks_;
  bool busy_ = false, roused_ = false, ending_ = false, ended_ = false;
  std::atomic<bool> called_ = false;  // a task was posted, or the end, since the last was taken
  std::thread thread_;
};

}  // namespace flover::cuda
