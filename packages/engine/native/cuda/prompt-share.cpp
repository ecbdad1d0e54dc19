#include "prompt-share.h"

#include <charconv>
#include <cstring>
#include <string>

#include "flover/error.h"

namespace flover::cuda {

namespace {

int percentOf(const char* text) {
  const char* end = text + std::strlen(text);
  int percent = 0;
  const auto [at, status] = std::from_chars(text, end, percent);
  if (status == std::errc() && at == end && percent >= 1 && percent <= 100) return percent;
  throw Error("config-invalid",
              std::string("FLOVER_PROMPT_SHARE is \"") + text +
                  "\"; allowed: 1 to 100, percent of the multiprocessors",
              "set it to a whole number without a sign, or unset it");
}

PromptOrder orderOf(const std::string& text) {
  if (text == "first") return PromptOrder::First;
  if (text == "equal") return PromptOrder::Equal;
  if (text == "last") return PromptOrder::Last;
  throw Error("config-invalid",
              "FLOVER_PROMPT_PRIORITY is \"" + text + "\"; allowed: first, equal, last",
              "set it to one of these, or unset it");
}

}  // namespace

PromptShare promptShare(const char* share, const char* priority) {
  PromptShare prompts;
  if (share) prompts.percent = percentOf(share);
  if (priority) prompts.order = orderOf(priority);
  return prompts;
}

}  // namespace flover::cuda
