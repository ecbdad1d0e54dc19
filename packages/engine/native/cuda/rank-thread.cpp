#include "rank-thread.h"

#include <cuda_runtime.h>

namespace flover::cuda {

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
  posted_.notify_one();
  return true;
}

void RankThread::leave(Task task) {
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
  posted_.notify_one();
}

void RankThread::serve(int device) {
  cudaSetDevice(device);
  std::unique_lock lock(mutex_);
  for (;;) {
    posted_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
    if (ending_) break;
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
