// What is kept of a person, for that person to take along.
#include "bridge/fanout/extract.h"

#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::wire::Extract;
using bridge::wire::ExtractedLine;
using tests::Service;
using tests::Texts;

struct Story : tests::AliceHearsBob {
  bridge::wire::Extracted page(const std::string& nick, Extract::Part part,
                               std::uint64_t after = 0) {
    auto request = by(nick);
    request.mutable_extract()->set_part(part);
    request.mutable_extract()->set_after(after);
    auto reply = ask_fanout(request);
    REQUIRE(reply.has_extracted());
    return reply.extracted();
  }
  std::vector<ExtractedLine> all(const std::string& nick, Extract::Part part) {
    std::vector<ExtractedLine> lines;
    std::uint64_t after = 0;
    do {
      const auto some = page(nick, part, after);
      lines.insert(lines.end(), some.lines().begin(), some.lines().end());
      after = some.next();
    } while (after != 0);
    return lines;
  }
};

TEST_CASE("an account tells what it is and what it chose") {
  Story story;
  story.switch_delivery("alice", false);
  const auto lines = story.all("alice", Extract::ACCOUNT);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].nick() == "alice");
  CHECK(lines[0].text() == Service::address("alice"));
  CHECK(lines[0].delivery_off());
  CHECK(lines[0].time_ms() == story.now().wall_ms);
}

TEST_CASE("lists: follows, followers, tracks, favourites") {
  Story story;
  story.follow("alice", "bob");
  story.follow("bob", "alice");
  story.track("alice", "nyc, night train");
  const auto post = story.says("hello");
  auto fav = story.by("alice");
  fav.mutable_favourite()->mutable_post()->set_id(post);
  story.ask(fav);
  CHECK(story.all("alice", Extract::FOLLOWS).front().nick() == "bob");
  CHECK(story.all("alice", Extract::FOLLOWERS).front().nick() == "bob");
  CHECK(story.all("alice", Extract::TRACKS).size() == 2);
  CHECK(story.all("alice", Extract::FAVOURITES).front().id() == post);
  CHECK(story.all("bob", Extract::TRACKS).empty());
}

TEST_CASE("blocks and mutes are those in force") {
  Story story;
  story.join("carol");
  auto block = story.by("alice");
  block.mutable_block()->set_nick("bob");
  story.ask(block);
  block.mutable_block()->set_nick("carol");
  story.ask(block);
  auto unblock = story.by("alice");
  unblock.mutable_unblock()->set_nick("carol");
  story.ask(unblock);
  auto mute = story.by("alice");
  mute.mutable_mute()->set_phrases("football");
  mute.mutable_mute()->set_for_ms(1000);
  story.ask(mute);
  REQUIRE(story.all("alice", Extract::BLOCKS).size() == 1);
  CHECK(story.all("alice", Extract::BLOCKS).front().nick() == "bob");
  CHECK(story.all("alice", Extract::MUTES).front().text() == "football");
  story.advance(std::chrono::seconds(2));
  CHECK(story.all("alice", Extract::MUTES).empty());
}

TEST_CASE("what one wrote, and what was written to one alone; nothing of others") {
  Story story;
  const auto first = story.post("alice", "mine").published().id();
  story.says("not hers");
  story.direct("alice", "bob", "to bob");
  story.direct("bob", "alice", "to alice");
  story.join("carol");
  story.direct("bob", "carol", "between others");
  story.post("alice", "gone soon");
  story.retract("alice", story.post("alice", "regretted").published().id());
  story.correct("alice", first, "mine, corrected");
  const auto lines = story.all("alice", Extract::RECORDS);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].kind() == ExtractedLine::POST);
  CHECK(lines[0].text() == "mine, corrected");
  CHECK(lines[0].changed());
  CHECK(lines[1].kind() == ExtractedLine::DIRECT_SENT);
  CHECK(lines[1].nick() == "bob");
  CHECK(lines[1].text() == "to bob");
  CHECK(lines[2].kind() == ExtractedLine::DIRECT_TAKEN);
  CHECK(lines[2].text() == "to alice");
  CHECK(lines[3].text() == "gone soon");
  CHECK(lines[4].gone());
  CHECK(lines[4].text().empty());
}

TEST_CASE("what was written last is there after a restart, too") {
  Story story;
  story.direct("alice", "bob", "to bob");
  story.crash();
  REQUIRE(story.all("alice", Extract::RECORDS).size() == 1);
  CHECK(story.all("alice", Extract::RECORDS).front().text() == "to bob");
}

TEST_CASE("each page waits for a turn of its own, and so many wait") {
  Story story;
  auto request = story.by("alice");
  request.mutable_extract()->set_part(Extract::RECORDS);
  constexpr std::size_t kMax = bridge::fanout::Fanout::kExtractsMax;
  for (std::uint64_t ticket = 1; ticket <= kMax + 1; ++ticket) story.fanout().ask(ticket, request);
  auto answers = story.fanout().take_answers();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].ticket == kMax + 1);
  CHECK(answers[0].reply.error().code() == bridge::wire::BUSY);
  story.fanout().turn(story.now());
  CHECK(story.fanout().take_answers().size() == 1);
  story.settle();
  CHECK(story.fanout().take_answers().size() == kMax - 1);
}

TEST_CASE("a log is gone over page by page, each bounded, and no line is missing or there twice") {
  Story story;
  constexpr int kPosts = 1500;
  for (int i = 0; i < kPosts; ++i) story.post(i % 3 == 0 ? "alice" : "bob", std::to_string(i));
  std::size_t pages = 0;
  std::uint64_t after = 0;
  Texts texts;
  do {
    const auto page = story.page("alice", Extract::RECORDS, after);
    CHECK(page.at() - after <= bridge::fanout::kExtractRecords + 10);
    for (const auto& line : page.lines()) texts.push_back(line.text());
    CHECK((page.next() == 0 || page.next() > after));
    after = page.next();
    ++pages;
  } while (after != 0);
  CHECK(pages > 2);
  REQUIRE(texts.size() == kPosts / 3);
  CHECK(texts.front() == "0");
  CHECK(texts.back() == "1497");
}

TEST_CASE("many followers come in pages") {
  Story story;
  for (int i = 0; i < 1200; ++i) {
    const std::string nick = "f" + std::to_string(i);
    story.join(nick);
    story.follow(nick, "alice");
  }
  CHECK(story.page("alice", Extract::FOLLOWERS).lines_size() == 1000);
  CHECK(story.all("alice", Extract::FOLLOWERS).size() == 1200);
}

TEST_CASE("there is nothing of nobody, nor of one who has quit") {
  Story story;
  auto request = story.by("nobody");
  request.mutable_extract()->set_part(Extract::RECORDS);
  CHECK(story.ask_fanout(request).error().code() == bridge::wire::UNKNOWN);
  story.quit("alice");
  request.mutable_actor()->set_nick("alice");
  CHECK(story.ask_fanout(request).error().code() == bridge::wire::UNKNOWN);
}

}  // namespace
