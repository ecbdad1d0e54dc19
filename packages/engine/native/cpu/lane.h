// A serial execution context: a thread that carries out its queue of jobs in order.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "iteration.h"
#include "job.h"

namespace flover::cpu {

class Lane {
 public:
  // `ended` is called on the lane's thread when a job has run or failed.
  Lane(std::unique_ptr<Iteration> iteration, std::function<int64_t()> now,
       std::function<void(std::unique_ptr<Job>)> ended);
  // Jobs not begun are dropped; the one that runs must have been told to stop.
  ~Lane();

  void push(std::unique_ptr<Job> job);

 private:
  void loop();

  std::unique_ptr<Iteration> iteration_;
  std::function<int64_t()> now_;
  std::function<void(std::unique_ptr<Job>)> ended_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> queue_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace flover::cpu
