// The table is the language: nothing in it may contradict itself.
#include "gateway/command/catalog.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "gateway/command/texts.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

TEST_CASE("every name and synonym is lower case and means one command") {
  std::set<std::string_view> names;
  for (const Entry& entry : catalog()) {
    CHECK(names.insert(entry.name).second);
    CHECK(lower(entry.name) == entry.name);
    for (const std::string_view synonym : entry.synonyms) CHECK(names.insert(synonym).second);
    CHECK(entry.usage.starts_with(entry.name));
    CHECK_FALSE(entry.help.empty());
  }
}

TEST_CASE("help lists what can be used, and nothing else") {
  const std::string overview = help_text(Help{});
  for (const Entry& entry : catalog()) {
    const bool listed =
        overview.find(std::string("\n") + std::string(entry.usage)) != std::string::npos;
    CHECK(listed == (entry.verb != Verb::kLater));
  }
}

TEST_CASE("help about a command shows its usage and its other names") {
  const std::string text = help_text(Help{find("leave")});
  CHECK(text.find("leave NICK") != std::string::npos);
  CHECK(text.find("unsub, unfollow") != std::string::npos);
}

}  // namespace
}  // namespace gateway::command
