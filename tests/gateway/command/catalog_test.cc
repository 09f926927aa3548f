// The table is the language: nothing in it may contradict itself, and its manual says the same.
#include "gateway/command/catalog.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gateway/command/texts.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

TEST_CASE("every name and synonym is lower case and means one command") {
  std::set<std::string_view> names;
  for (const Entry* entry : catalog()) {
    INFO(entry->name);
    CHECK(names.insert(entry->name).second);
    CHECK(lower(entry->name) == entry->name);
    for (const std::string_view synonym : entry->synonyms) CHECK(names.insert(synonym).second);
    CHECK(entry->usage.starts_with(entry->name));
    CHECK(entry->help.ends_with('.'));
    CHECK(entry->say != nullptr);
    std::set<std::string_view> fields;
    for (const Field& field : entry->fields) CHECK(fields.insert(field.name).second);
  }
}

TEST_CASE("help lists what can be used, and nothing else") {
  const std::string overview = help_text(nullptr);
  for (const Entry* entry : catalog()) {
    INFO(entry->name);
    const bool listed = overview.find("\n" + std::string(entry->usage)) != std::string::npos;
    CHECK(listed == (entry->listed && entry->section != Section::kOperators));
  }
}

TEST_CASE("help about a command shows its usage and its other names") {
  const std::string text = help_text(find("leave"));
  CHECK(text.find("leave NICK") != std::string::npos);
  CHECK(text.find("unsub, unfollow") != std::string::npos);
}

// scripts/document has it written instead.
TEST_CASE("docs/commands.md is what the table says: scripts/document writes it") {
  const std::string path = LAPWING_SOURCE "/docs/commands.md";
  if (std::getenv("LAPWING_WRITE_DOCS")) std::ofstream(path) << manual();
  std::ifstream file(path);
  const std::string page(std::istreambuf_iterator<char>(file), {});
  CHECK(page == manual());
}

}  // namespace
}  // namespace gateway::command
