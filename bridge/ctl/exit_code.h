// How a lapwingctl command ends, for the script that called it. `lapwingctl --help` says the same.
#pragma once

#include <string>

#include "bridge/base/result.h"

namespace bridge::ctl {

enum ExitCode : int {
  kOk = 0,
  kNo = 1,          // it ran, and the answer is no: nothing matched, something was refused
  kUsage = 2,       // the command line, a phrase or a file is not as it must be
  kUnreachable = 3  // no bridge answered
};

// Prints `lapwingctl: <sentence>` on stderr.
void complain(const std::string& sentence);

// Complains, and says with which code to end.
ExitCode report(const base::Error& error);

// The same for what the command line or a file it names got wrong.
ExitCode report_usage(const base::Error& error);

// For a reply that does not belong to the request.
base::Error unexpected_reply();

}  // namespace bridge::ctl
