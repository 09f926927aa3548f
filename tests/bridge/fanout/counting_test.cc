// What is owed, counted for everybody by one reading of the log.
#include <catch2/catch.hpp>
#include <set>
#include <utility>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using bridge::fanout::OwedReports;
using bridge::wire::OwedReport;
using bridge::wire::Request;
using tests::Service;

// Many people who track a word and are away; bob writes.
struct Story : Service {
  explicit Story(std::size_t people) {
    join("bob");
    for (std::size_t i = 0; i < people; ++i) {
      join("p" + std::to_string(i));
      track("p" + std::to_string(i), "nyc");
    }
  }
  static Request everybody() {
    Request request;
    request.mutable_owed();
    return request;
  }
  static Request after(const OwedReport& part) {
    Request request;
    request.mutable_owed()->set_report(part.report());
    request.mutable_owed()->set_after(part.next());
    return request;
  }
  void post_nyc(std::size_t posts) {
    for (std::size_t i = 0; i < posts; ++i) post("bob", "nyc " + std::to_string(i));
  }
  std::uint64_t log_reads() { return fanout().counters().log_reads.value(); }
};

TEST_CASE("a report about everybody reads the log once") {
  constexpr std::size_t kPeople = 60, kPosts = 1500;
  Story story(kPeople);
  story.post_nyc(kPosts);
  REQUIRE(story.fanout().checkpoint(true));
  story.crash();
  story.settle();
  const auto before = story.log_reads();
  const auto report = story.ask_fanout(Story::everybody()).owed();
  REQUIRE(report.people_size() == kPeople);
  for (const auto& person : report.people()) CHECK(person.tracks() == kPosts);
  CHECK(report.report() == 0);
  const auto once = story.store().head() / bridge::fanout::PostCache::kReadRecords + 1;
  CHECK(story.log_reads() - before <= once);
}

TEST_CASE("what somebody has on several lists counts once, and everything as what it is") {
  Story story(1);
  story.follow("p0", "bob");
  story.track("p0", "rain");
  story.post("bob", "nyc in the rain");
  story.post("eve", "rain in nyc");
  story.direct("bob", "p0", "psst");
  const auto everybody = story.ask_fanout(Story::everybody()).owed();
  REQUIRE(everybody.people_size() == 1);
  CHECK(everybody.people(0).nick() == "p0");
  CHECK(everybody.people(0).directs() == 1);
  CHECK(everybody.people(0).follows() == 1);
  CHECK(everybody.people(0).tracks() == 1);
  CHECK(story.owed("p0") == 3);
}

TEST_CASE("more people than fit into an answer come page by page") {
  constexpr std::size_t kPeople = OwedReports::kPageMax + 10;
  Story story(kPeople);
  story.post_nyc(1);
  const auto first = story.ask_fanout(Story::everybody()).owed();
  CHECK(first.people_size() == OwedReports::kPageMax);
  REQUIRE(first.report() != 0);
  CHECK(first.at() == first.head());
  const auto second = story.ask_fanout(Story::after(first)).owed();
  CHECK(second.people_size() == 10);
  CHECK(second.report() == 0);
  std::set<std::string> nicks;
  for (const auto* page : {&first, &second})
    for (const auto& person : page->people()) nicks.insert(person.nick());
  CHECK(nicks.size() == kPeople);
  CHECK(story.ask_fanout(Story::after(first)).error().code() == bridge::wire::UNKNOWN);
}

TEST_CASE("a long count says how far it is") {
  Story story(100);
  story.post_nyc(2 * OwedReports::kStepsPerTurn / 100);
  story.hold_still(true);
  story.fanout().ask(5, Story::everybody());
  story.fanout().turn(story.now());
  CHECK(story.fanout().take_answers().empty());
  story.advance(1s);
  story.fanout().turn(story.now());
  const auto answers = story.fanout().take_answers();
  REQUIRE(answers.size() == 1);
  const OwedReport part = answers[0].reply.owed();
  CHECK(part.people().empty());
  REQUIRE(part.report() != 0);
  CHECK(part.at() < part.head());
  story.hold_still(false);
  const auto report = story.ask_fanout(Story::after(part)).owed();
  CHECK(report.people_size() == 100);
  CHECK(report.report() == 0);
}

TEST_CASE("a report that nobody fetches is forgotten, and there are only so many") {
  Story story(100);
  story.post_nyc(2 * OwedReports::kStepsPerTurn / 100);
  story.hold_still(true);
  for (std::size_t i = 0; i < OwedReports::kReportsMax; ++i)
    story.fanout().ask(i + 1, Story::everybody());
  story.fanout().ask(100, Story::everybody());
  auto answers = story.fanout().take_answers();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].reply.error().code() == bridge::wire::BUSY);
  story.advance(1s);
  story.fanout().turn(story.now());
  CHECK(story.fanout().take_answers().size() == OwedReports::kReportsMax);
  story.advance(60s);
  story.fanout().turn(story.now());
  story.hold_still(false);
  CHECK(story.ask_fanout(Story::everybody()).owed().people_size() == 100);
}

TEST_CASE("the cache of posts is bounded in bytes") {
  Service story;
  story.join("bob");
  bridge::fanout::PostCache cache(story.store());
  std::string text;
  for (int i = 0; i < 120; ++i) text += " w" + std::to_string(i);
  const auto id = story.post("bob", text).published().id();
  const auto prepared = cache.get(id);
  REQUIRE(prepared);
  CHECK((*prepared)->bytes > text.size());
  for (std::size_t i = 0; i < bridge::fanout::PostCache::kBytesMax / (*prepared)->bytes + 10; ++i) {
    auto record = std::make_shared<bridge::backbone::Record>(*(*prepared)->record);
    record->set_id(id + 1 + i);
    cache.insert(record);
  }
  CHECK(cache.bytes() <= bridge::fanout::PostCache::kBytesMax);
  CHECK(cache.bytes() > bridge::fanout::PostCache::kBytesMax / 2);
}

}  // namespace
