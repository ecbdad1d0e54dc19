// The devices that ranks can have.
#pragma once
#include <string>
#include <vector>

namespace flover::cuda {

// By device number, as the CUDA runtime counts them.
std::vector<std::string> deviceNames();

}  // namespace flover::cuda
