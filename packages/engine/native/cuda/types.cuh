// The three storage types seen from a kernel: conversion to and from fp32, and 16-byte loads of
// eight or four elements.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

namespace flover::cuda {

using Half = __half;
using Bfloat = __nv_bfloat16;

__device__ __forceinline__ float toFloat(float x) { return x; }
__device__ __forceinline__ float toFloat(Half x) { return __half2float(x); }
__device__ __forceinline__ float toFloat(Bfloat x) { return __bfloat162float(x); }

template <typename T>
__device__ __forceinline__ T fromFloat(float x);
template <>
__device__ __forceinline__ float fromFloat<float>(float x) {
  return x;
}
template <>
__device__ __forceinline__ Half fromFloat<Half>(float x) {
  return __float2half_rn(x);
}
template <>
__device__ __forceinline__ Bfloat fromFloat<Bfloat>(float x) {
  return __float2bfloat16_rn(x);
}

__device__ __forceinline__ void unpack2(uint32_t bits, float* out, Half) {
  const float2 f = __half22float2(*reinterpret_cast<const __half2*>(&bits));
  out[0] = f.x;
  out[1] = f.y;
}
__device__ __forceinline__ void unpack2(uint32_t bits, float* out, Bfloat) {
  out[0] = __uint_as_float(bits << 16);
  out[1] = __uint_as_float(bits & 0xffff0000u);
}

// Eight consecutive elements, in registers as loaded, so that several loads can be in flight.
template <typename T>
struct Eight {
  uint4 bits;
  __device__ __forceinline__ void load(const T* p) {
    bits = __ldg(reinterpret_cast<const uint4*>(p));
  }
  __device__ __forceinline__ void unpack(float* out) const {
    unpack2(bits.x, out, T());
    unpack2(bits.y, out + 2, T());
    unpack2(bits.z, out + 4, T());
    unpack2(bits.w, out + 6, T());
  }
};
template <>
struct Eight<float> {
  float4 low, high;
  __device__ __forceinline__ void load(const float* p) {
    low = __ldg(reinterpret_cast<const float4*>(p));
    high = __ldg(reinterpret_cast<const float4*>(p) + 1);
  }
  __device__ __forceinline__ void unpack(float* out) const {
    out[0] = low.x, out[1] = low.y, out[2] = low.z, out[3] = low.w;
    out[4] = high.x, out[5] = high.y, out[6] = high.z, out[7] = high.w;
  }
};

}  // namespace flover::cuda
