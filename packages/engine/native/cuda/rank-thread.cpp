#include "rank-thread.h"

#include <cuda_runtime.h>

#include <chrono>

#include "flover/pause.h"

namespace flover::cuda {

namespace {

// From an end on the device to what the host plans next, admissions included, and some more.
constexpr std::chrono::microseconds kWatch(300);

}  // namespace

RankThread::RankThread(int device) : thread_([this, device] { serve(device); }) {}

RankThread::~RankThread() {
  finish();
  end();
  thread_.join();
}

bool RankThread::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (ending_) return false;
  tasks_.push_back(std::move(task));
  called_.store(true, std::memory_order_release);
  posted_.notify_one();
  return true;
}

void RankThread::rouse() {
  const std::lock_guard lock(mutex_);
  roused_ = true;
  posted_.notify_one();
}

void RankThread::defer(Task task) {
  const std::lock_guard lock(mutex_);
  if (!ending_) tasks_.push_back(std::move(task));
}

bool RankThread::finish() {
  std::unique_lock lock(mutex_);
  posted_.notify_one();
  done_.wait(lock, [&] { return ended_ || (tasks_.empty() && !busy_); });
  return !ended_;
}

void RankThread::end() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  called_.store(true, std::memory_order_release);
  posted_.notify_one();
}

void RankThread::watch() const {
  const auto until = std::chrono::steady_clock::now() + kWatch;
  while (!called_.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < until)
    pause();
}

void RankThread::serve(int device) {
  cudaSetDevice(device);
  std::unique_lock lock(mutex_);
  for (;;) {
    posted_.wait(lock, [&] { return ending_ || roused_ || !tasks_.empty(); });
    if (ending_) break;
    roused_ = false;
    if (tasks_.empty()) {
      called_.store(false, std::memory_order_relaxed);
      lock.unlock();
      watch();
      lock.lock();
      continue;
    }
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    busy_ = true;
    lock.unlock();
    task();
    lock.lock();
    busy_ = false;
    if (tasks_.empty()) done_.notify_all();
  }
  ended_ = true;
  done_.notify_all();
}

}  // namespace flover::cuda
