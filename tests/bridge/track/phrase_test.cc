// Reading phrases: canonical forms, refusals, and that a canonical form reads back as itself.
#include "bridge/track/phrase.h"

#include <catch2/catch.hpp>

#include "tests/bridge/track/support.h"

namespace bridge::track {
namespace {

std::string canonical(std::string_view text) {
  return phrase(text).canonical();
}

std::string refusal(std::string_view text) {
  const auto parsed = Phrase::parse(text);
  if (parsed) return {};
  CHECK(parsed.error().code == base::ErrorCode::kBadRequest);
  return parsed.error().text;
}

TEST_CASE("the canonical form does not depend on order, case, spacing or spelling") {
  CHECK(canonical("nyc Food") == "food nyc");
  CHECK(phrase("nyc food") == phrase("FOOD \t nyc  nyc"));
  CHECK(canonical("-Coffee \"Drinking,  TEA!\" NYC") == "nyc \"drinking tea\" -coffee");
  CHECK(canonical("-\u201Ca b\u201D x") == "x -\"a b\"");
  CHECK(canonical("\"nyc\"") == "nyc");
  CHECK(canonical("\"@Bob\"") == "@bob");
  CHECK(canonical("Twitter\u2019s") == "twitter's");
  CHECK(canonical("\uFF03Nyc") == "#nyc");
  CHECK(canonical("hello.") == "hello.");
  CHECK(canonical("https://www.Example.com/a/") == "example.com/a");
  CHECK(canonical("http://https://x.org") == "http://https://x.org");
  CHECK(canonical("http:///") == "http:///");
  CHECK(canonical("www.example.com") == "www.example.com");
  CHECK(canonical("-") == "-");
  CHECK(canonical("a --") == "a --");
  CHECK(canonical("toys\"r\"us") == "toys\"r\"us");
  CHECK(canonical("\"a b\"c") == "c \"a b\"");
}

TEST_CASE("the quick way for what is canonical already is the long way") {
  for (const std::string text : {"nyc", "food nyc", "16 a b2", "nyc food", "a a", "a ", " a",
                                 "a  b", "Nyc", "a-b", "x\u00E9"}) {
    INFO(text);
    const auto list = Phrase::parse_list(text);
    REQUIRE(list);
    CHECK(phrase(text) == list->front());
  }
}

TEST_CASE("commas separate alternatives, but not inside quotes") {
  const auto list = Phrase::parse_list("nyc food,, \"a, b\" ,food NYC,");
  REQUIRE(list);
  REQUIRE(list->size() == 2);
  CHECK((*list)[0].canonical() == "food nyc");
  CHECK((*list)[1].canonical() == "\"a b\"");
}

TEST_CASE("what cannot be tracked is refused with a sentence") {
  CHECK(refusal("") == "There is no word in that phrase.");
  CHECK(refusal(" , ,\u3000") == "There is no word in that phrase.");
  CHECK(refusal("nyc \"drinking tea") == "A quote is opened in that phrase, but not closed.");
  CHECK(refusal("\"...\"") == "There is no word between the quotes of that phrase.");
  CHECK(refusal("-nyc -\"a b\"") == "A phrase needs at least one word that is not excluded.");
  CHECK(refusal("caf\xE9") == "That phrase is not valid text (it must be UTF-8).");
  CHECK(refusal("a,b") == "That is more than one phrase: commas separate them.");
  CHECK_FALSE(Phrase::parse_list("nyc, \"\""));
}

TEST_CASE("a phrase has up to 60 bytes of canonical form, in any script") {
  CHECK(refusal(std::string(60, 'a')).empty());
  CHECK(refusal(std::string(61, 'a')) == "A phrase can be up to 60 bytes long, this one has 61.");
  CHECK(refusal("a" + std::string(100, ' ') + "b").empty());
  std::string tokyo;
  for (int i = 0; i < 10; ++i) tokyo += "\u6771\u4EAC";
  CHECK(refusal(tokyo).empty());
  CHECK_FALSE(refusal(tokyo + "\u90FD").empty());
}

TEST_CASE("a phrase always has a word to be filed under") {
  CHECK(phrase("b \"d c\" -x a").required() == std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("property: reading a canonical form gives the same phrase") {
  CHECK(rc::check([] {
    const auto list = Phrase::parse_list(*tricky_text());
    if (!list) return;
    for (const Phrase& each : *list) {
      const auto again = Phrase::parse(each.canonical());
      RC_ASSERT(again.has_value());
      RC_ASSERT(again->canonical() == each.canonical());
      RC_ASSERT(again->required() == each.required());
      RC_ASSERT(!each.required().empty());
    }
  }));
}

}  // namespace
}  // namespace bridge::track
