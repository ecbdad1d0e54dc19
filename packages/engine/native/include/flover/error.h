// The one exception that leaves the native code: a code, what happened and what to do next.
#pragma once
#include <stdexcept>
#include <string>

namespace flover {

class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code(std::move(code)), hint(std::move(hint)) {}
  std::string code;
  std::string hint;
};

}  // namespace flover
