// The models that are measured, by their sizes.
#pragma once
#include <string>

#include "flover/model.h"

namespace flover::bench {

// LLaMA 7B, 13B, 33B or 65B, or GPT-J, in fp16; "33B/2": one of two ranks' part of it. Throws
// "config-invalid".
ModelConfig namedModel(const std::string& name);

}  // namespace flover::bench
