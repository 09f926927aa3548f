// The command line of lapwingctl as a whole.
#pragma once

namespace bridge::ctl {

// Reads the command line, does what it says, returns the exit code (exit_code.h).
int run(int argc, const char* const* argv);

}  // namespace bridge::ctl
