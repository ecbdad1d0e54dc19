// What the environment says about prompts beside other lanes' work. Read without a device.
#pragma once

namespace flover::cuda {

// Which streams the device serves first.
enum class PromptOrder { First, Equal, Last };

struct PromptShare {
  int percent = 73;  // of the multiprocessors, 1 to 100: measured, docs/engine-speed.md
  PromptOrder order = PromptOrder::First;
};

// From the values of FLOVER_PROMPT_SHARE and FLOVER_PROMPT_PRIORITY, null where one is not set.
// Throws "config-invalid" for any other text than a whole number from 1 to 100, and than `first`,
// `equal` or `last`.
PromptShare promptShare(const char* share, const char* priority);

}  // namespace flover::cuda
