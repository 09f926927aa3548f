// The work of `match` and `tokens`: lines in, lines out, no bridge.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace bridge::ctl {

// The arguments, joined with spaces, are one `track` line. Prints the lines it catches as they are.
// Returns kOk when there was one, kNo when there was none, kUsage (after a sentence) for a bad
// phrase.
int match_lines(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
                std::ostream& err);

int print_tokens(std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace bridge::ctl
