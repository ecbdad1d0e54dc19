// Large zeroed buffers on huge pages where the system gives them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

namespace flover::cpu {

class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t bytes);  // throws "out-of-memory"
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Buffer();

  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }
  std::byte* bytes() const { return static_cast<std::byte*>(data_); }
  size_t size() const { return bytes_; }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

int64_t physicalBytes();
int64_t availableBytes();

}  // namespace flover::cpu
