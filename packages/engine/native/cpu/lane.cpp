#include "lane.h"

namespace flover::cpu {

Lane::Lane(std::unique_ptr<Iteration> iteration, std::function<int64_t()> now,
           std::function<void(std::unique_ptr<Job>)> ended)
    : iteration_(std::move(iteration)),
      now_(std::move(now)),
      ended_(std::move(ended)),
      thread_([this] { loop(); }) {}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Lane::push(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void Lane::loop() {
  for (;;) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stop_ || !queue_.empty(); });
      if (stop_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job->completion.work = job->work.id;
    job->completion.lane = job->work.lane;
    job->completion.startNanos = now_();
    try {
      iteration_->run(*job);
    } catch (const Closing&) {
      return;
    } catch (...) {
      job->failure = std::current_exception();
    }
    job->completion.endNanos = now_();
    ended_(std::move(job));
  }
}

}  // namespace flover::cpu
