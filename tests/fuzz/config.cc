// Fuzz target: a configuration file, read as the bridge's and as the gateway's.
//
// States: whatever is in the file, the result is a configuration or problems, each one line of
// plain text that a terminal can be shown.
#include "bridge/config.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bridge/base/fd.h"
#include "bridge/base/text.h"
#include "gateway/config.h"
#include "tests/fuzz/check.h"

namespace {

void check_problems(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    fuzz::check(!problem.empty(), "a problem says something");
    fuzz::check(bridge::base::check_text(problem, problem.size()).has_value() &&
                    problem.find_first_of("\n\t") == problem.npos,
                "a problem is one line of text without control characters");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bridge::base::Fd file(::memfd_create("config", MFD_CLOEXEC));
  fuzz::check(::write(file.get(), data, size) == static_cast<ssize_t>(size), "there is memory");
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  check_problems(bridge::load_config(path).problems);
  check_problems(gateway::load_config(path).problems);
  return 0;
}
