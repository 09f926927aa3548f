// What parsing promises for any input; the language line by line stands in language_test.cc.
#include "gateway/command/parse.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/command/texts.h"
#include "gateway/command/words.h"
#include "tests/gateway/command/understanding.h"

namespace gateway::command {
namespace {

// Would this go out to everybody without a word about its first one?
bool posts_unseen(std::string_view text) {
  const Parsed parsed = parse(text);
  const auto* command = std::get_if<Command>(&parsed);
  return command && command->is("post") && command->values.has("plain") &&
         !command->values.has("began_with");
}

std::vector<std::string> names_of(const Entry& entry) {
  std::vector<std::string> names{std::string(entry.name)};
  for (const std::string_view synonym : entry.synonyms) names.emplace_back(synonym);
  return names;
}

TEST_CASE("nothing that begins with a verb is published unseen") {
  for (const Entry* entry : catalog()) {
    if (!entry->listed || entry->name == "post") continue;
    for (const std::string& name : names_of(*entry)) {
      for (const char* rest : {"", " alice", " alice bob", " the quick brown fox", " !", " a\nb",
                               " \xff\xfe", " track", " @", " -", " aaaaaaaaaaaaaaaaaaaaa",
                               " one two three four five six seven eight nine ten"}) {
        INFO(name + rest);
        CHECK_FALSE(posts_unseen(name + rest));
      }
    }
  }
}

TEST_CASE("the answer says why, how it is written, and how to post it anyway") {
  const Parsed parsed = parse("help me move\nthis couch");
  const std::string text = answer(std::get<WrongArguments>(parsed));
  CHECK(text.find("help [COMMAND]") != std::string::npos);
  CHECK(text.find("post help me move this couch") != std::string::npos);
  const Parsed near = parse("folow alice");
  CHECK(answer(std::get<Suspicious>(near)).find("follow NICK") != std::string::npos);
}

TEST_CASE("what an answer advises to send does post") {
  const Parsed parsed = parse("follow the money");
  const auto& wrong = std::get<WrongArguments>(parsed);
  CHECK(taken_for("post " + wrong.written) == "post text=follow the money");
}

TEST_CASE("a long text is quoted short, cut between characters") {
  std::string text = "follow ";
  for (int i = 0; i < 200; ++i) text += "é";
  const Parsed parsed = parse(text + " x");
  const std::string reply = answer(std::get<WrongArguments>(parsed));
  CHECK(reply.size() < 400);
  CHECK(reply.find("é…") != std::string::npos);
}

TEST_CASE("any bytes are taken") {
  CHECK(rc::check("parse never fails, and a post is never empty", [](const std::string& text) {
    const Parsed parsed = parse(text);
    if (const auto* command = std::get_if<Command>(&parsed); command && command->is("post"))
      RC_ASSERT(!trim(command->values["text"]).empty());
  }));
  CHECK(rc::check("no post begins with a verb, unless told to or told of", [] {
    const auto entries = catalog();
    const Entry& entry = *entries[*rc::gen::inRange<std::size_t>(0, entries.size())];
    const std::string rest = *rc::gen::arbitrary<std::string>();
    RC_PRE(entry.name != "post" && entry.listed);
    RC_ASSERT(!posts_unseen(std::string(entry.name) + " " + rest));
  }));
}

TEST_CASE("one edit is an insertion, a deletion, a substitution or a swap") {
  CHECK(one_edit_apart("track", "trackk"));
  CHECK(one_edit_apart("track", "rack"));
  CHECK(one_edit_apart("track", "trock"));
  CHECK(one_edit_apart("track", "trcak"));
  CHECK(one_edit_apart("a", ""));
  CHECK_FALSE(one_edit_apart("track", "track"));
  CHECK_FALSE(one_edit_apart("track", "trkca"));
  CHECK_FALSE(one_edit_apart("track", "tr"));
  CHECK_FALSE(one_edit_apart("", ""));
}

}  // namespace
}  // namespace gateway::command
