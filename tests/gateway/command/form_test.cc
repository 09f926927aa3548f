// Commands as forms: every one of the table, and what is filled in.
#include "gateway/command/form.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/command/command.h"
#include "gateway/command/parse.h"

namespace gateway::command {
namespace {

using Catch::Contains;

// What was asked of the bridge when this was filled in, or the complaint.
std::string asks(std::string_view name, const Submitted& submitted) {
  const Entry& entry = *find(name);
  auto values = read_form(entry, submitted);
  if (!values) return values.error().text;
  const auto request = to_request({&entry, *values}, "id");
  return request ? request->SerializeAsString() : std::string("nothing");
}

// The same for a line of chat.
std::string says(std::string_view line) {
  return to_request(std::get<Command>(parse(line)), "id")->SerializeAsString();
}

TEST_CASE("a form shows every field of its command, once, with a label") {
  for (const Entry* entry : catalog()) {
    INFO(entry->name);
    const Form form = form_of(*entry, {});
    REQUIRE(form.fields.size() == entry->fields.size());
    CHECK(form.title == entry->usage);
    CHECK_THAT(form.instructions, Contains(std::string(entry->help)));
    CHECK_THAT(form.instructions, Contains(std::string(entry->warning)));
    for (const FormField& field : form.fields) CHECK_FALSE(field.label.empty());
    if (!entry->choices.empty()) {
      REQUIRE(find(entry->choices) != nullptr);
      CHECK(find(entry->choices)->fields.empty());
      CHECK_FALSE(entry->fields.empty());
    }
  }
}

TEST_CASE("a form that is filled in asks what the same line of chat does") {
  CHECK(asks("follow", {{"nick", {" @alice "}}}) == says("follow alice"));
  CHECK(asks("d", {{"nick", {"bob"}}, {"text", {"two", "lines"}}}) == says("d bob two\nlines"));
  CHECK(asks("track", {{"phrases", {"nyc"}}, {"per_hour", {"10"}}}) == says("track nyc max 10/h"));
  CHECK(asks("track", {{"phrases", {"nyc"}}}) == says("track nyc"));
  CHECK(asks("untrack", {{"phrases", {"a b", "c"}}}) == says("untrack a b, c"));
  CHECK(asks("untrack", {{"all", {"true"}}}) == says("untrack all"));
  CHECK(asks("mute", {{"phrases", {"x"}}, {"for", {"2 hours"}}}) == says("mute x for 2h"));
  CHECK(asks("get", {{"post", {"17"}}}) == says("get #17"));
  CHECK(asks("get", {{"post", {"bob"}}, {"count", {"3"}}}) == says("get bob 3"));
  CHECK(asks("more", {}) == says("more"));
  CHECK(asks("del", {{"post", {"#9"}}}) == says("del 9"));
  CHECK(asks("timezone", {{"zone", {"Europe/Berlin"}}}) == says("timezone Europe/Berlin"));
  CHECK(asks("help", {{"command", {"track"}}}) == "nothing");
}

TEST_CASE("what does not fit is said by the label of its field") {
  CHECK_THAT(asks("follow", {}), Contains("\"Nick\" is missing"));
  CHECK_THAT(asks("follow", {{"nick", {"  "}}}), Contains("\"Nick\" is missing"));
  CHECK_THAT(asks("follow", {{"nick", {"no such nick"}}}), Contains("\"Nick\" does not fit"));
  CHECK_THAT(asks("follow", {{"nick", {}}}), Contains("is missing"));
  CHECK_THAT(asks("untrack", {{"all", {"0"}}}), Contains("is missing"));
  CHECK_THAT(asks("mute", {{"phrases", {"x"}}, {"for", {"ever"}}}), Contains("For how long"));
  CHECK_THAT(asks("favs", {{"count", {"many"}}}), Contains("How many"));
  CHECK(asks("stats", {{"FORM_TYPE", {"x"}}, {"nick", {"alice"}}}) == says("stats"));
}

TEST_CASE("what can be chosen is a list, and more than is told is typed") {
  wire::Reply phrases;
  phrases.mutable_phrases()->add_phrases()->set_text("nyc");
  phrases.mutable_phrases()->add_phrases()->set_text("tea cups");
  const Form untrack = form_of(*find("untrack"), choices_in(phrases));
  CHECK(untrack.fields[0].shape == Shape::kSome);
  CHECK(untrack.fields[0].options == std::vector<std::string>{"nyc", "tea cups"});
  CHECK_FALSE(untrack.fields[0].required);
  CHECK(untrack.fields[1].shape == Shape::kTick);

  wire::Reply names;
  names.mutable_names()->add_nicks("bob");
  names.mutable_names()->set_total(1);
  CHECK(form_of(*find("leave"), choices_in(names)).fields[0].shape == Shape::kOne);
  names.mutable_names()->set_total(500);
  CHECK(choices_in(names).empty());
  CHECK(form_of(*find("leave"), {}).fields[0].shape == Shape::kLine);
}

TEST_CASE("help is a list of all commands, a text has lines, and a warning is told") {
  const Form help = form_of(*find("help"), {});
  CHECK(help.fields[0].shape == Shape::kOne);
  CHECK(help.fields[0].options.size() > 20);
  CHECK(form_of(*find("post"), {}).fields[0].shape == Shape::kLines);
  CHECK_THAT(form_of(*find("quit"), {}).instructions, Contains("ends your membership"));
}

}  // namespace
}  // namespace gateway::command
