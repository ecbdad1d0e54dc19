// The parts of the engine's benchmark: LLaMA-13B fp16, slots of 512 tokens, two lanes. Each prints
// a line.
#pragma once
#include "driven.h"

namespace flover::bench {

// Measured by flover_cuda_products on an H100; printed beside every share.
constexpr double kReadGigabytes = 3085.0;
// cuBLAS fp16, 8192 cubed, on the same kind of device.
constexpr double kMatrixTeraflops = 750.0;

// Of the products of one iteration.
double weightBytes(const ModelConfig& model);
double kvBytesAToken(const ModelConfig& model);

// `batch` requests of 8 prompt tokens and 504 new ones: an iteration, its share of the read
// bandwidth, gaps between iterations, tokens/s.
void decodeAlone(Driven& driven, int32_t batch);
// A prompt alone.
void prefill(Driven& driven, int32_t tokens);
// A prompt of 511 tokens in pieces on lane 1 while 31 requests decode on lane 0; against one after
// the other.
void beside(Driven& driven, int32_t piece);
// A prompt in pieces, each in an iteration of 31 requests that decode; against one after the other.
void within(Driven& driven, int32_t tokens, int32_t piece);
// Seconds of "beside", which a card's power limit sees: iterations alone, prompts alone, one prompt after
// another beside the same iterations.
void steady(Driven& driven);
// Moves of a whole slot.
void move(Driven& driven);

}  // namespace flover::bench
