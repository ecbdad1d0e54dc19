#include "../cuda/prompt-share.h"

#include "check.h"

using flover::cuda::PromptOrder;
using flover::cuda::promptShare;

CHECK("prompt share: what is not set has its default, what is set counts") {
  EXPECT_EQUAL(promptShare(nullptr, nullptr).percent, 73);
  EXPECT(promptShare(nullptr, nullptr).order == PromptOrder::First);
  EXPECT_EQUAL(promptShare("1", nullptr).percent, 1);
  EXPECT_EQUAL(promptShare("100", nullptr).percent, 100);
  EXPECT(promptShare(nullptr, "equal").order == PromptOrder::Equal);
  EXPECT(promptShare(nullptr, "last").order == PromptOrder::Last);
}

CHECK("prompt share: what is no whole percentage and no order is refused with its text") {
  for (const char* text : {"", "0", "101", "-5", "+5", "7x", "73%", "50.5", "half", "4294967297"}) {
    const std::string message = EXPECT_ERROR("config-invalid", promptShare(text, nullptr));
    EXPECT(message.find(std::string("\"") + text + "\"") != std::string::npos);
  }
  for (const char* text : {"", "First", "first ", "middle"})
    EXPECT_ERROR("config-invalid", promptShare(nullptr, text));
}
