// What the CPU backend runs on.
#pragma once
#include <string>

namespace flover::cpu {

// The vector instructions that this build uses.
const char* instructionSet();
std::string processorName();

}  // namespace flover::cpu
