#include "bridge/ctl/exit_code.h"

#include <iostream>

namespace bridge::ctl {

void complain(const std::string& sentence) {
  std::cout.flush();
  std::cerr << "lapwingctl: " << sentence << '\n';
}

ExitCode report(const base::Error& error) {
  complain(error.text);
  return error.code == base::ErrorCode::kUnavailable ? kUnreachable : kNo;
}

ExitCode report_usage(const base::Error& error) {
  complain(error.text);
  return kUsage;
}

base::Error unexpected_reply() {
  return {base::ErrorCode::kUnknown,
          "The bridge gave an answer to another question; do its version and ours go together?"};
}

}  // namespace bridge::ctl
