// What would real posts be taken for, if people wrote them here?
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/command/parse.h"
#include "tests/gateway/command/understanding.h"

namespace gateway::command {
namespace {

// 45,000 of them, one a line; not part of the project, and tests pass without them.
std::string file_of_posts() {
  if (const char* given = std::getenv("LAPWING_REAL_POSTS")) return given;
  return LAPWING_SOURCE "/../shared/data/posts-en-45k.txt.gz";
}

TEST_CASE("of real posts fewer than one in two hundred are questioned, and none goes out unseen") {
  const std::string path = file_of_posts();
  if (!std::filesystem::exists(path)) {
    WARN("skipped: there is no " << path << " (LAPWING_REAL_POSTS names another file)");
    return;
  }
  const std::string command = "gzip -dcf '" + path + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> lines(::popen(command.c_str(), "r"), ::pclose);
  REQUIRE(lines);
  std::array<char, 16 * 1024> buffer{};
  std::size_t total = 0, questioned = 0, commands = 0, told = 0;
  while (std::fgets(buffer.data(), buffer.size(), lines.get())) {
    const std::string taken = taken_for(buffer.data());
    if (taken == "nothing") continue;
    ++total;
    if (taken.starts_with('?')) ++questioned;
    if (taken.starts_with("post!!")) ++told;
    const bool post = taken.starts_with("post");
    if (!post && !taken.starts_with('?')) ++commands;
  }
  WARN(total << " posts: " << questioned << " questioned, " << commands << " commands, " << told
             << " posted with a word about how they begin");
  CHECK(total > 40'000);
  CHECK(questioned * 200 < total);
}

}  // namespace
}  // namespace gateway::command
