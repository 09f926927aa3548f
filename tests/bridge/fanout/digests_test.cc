// What came to too much is told in a line and read with `more`.
#include <algorithm>
#include <catch2/catch.hpp>

#include "bridge/fanout/digest.h"
#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using tests::Service;
using tests::Texts;

bridge::fanout::FanoutOptions few(std::size_t catch_up_max) {
  bridge::fanout::FanoutOptions options;
  options.catch_up_max = catch_up_max;
  return options;
}

// alice tracks two words and follows bob, and has just gone.
struct Story : Service {
  explicit Story(std::size_t catch_up_max = 3) : Service(few(catch_up_max)) {
    join("alice");
    join("bob");
    join("carol");
    online("alice");
    follow("alice", "bob");
    track("alice", "nyc, food");
    offline("alice");
    delivered().clear();
  }
  void posts(const std::string& nick, const std::string& text, int from, int to) {
    for (int i = from; i <= to; ++i) post(nick, text + " " + std::to_string(i));
  }
  void comes_back() {
    online("alice");
    acknowledge();
  }
  // Says more until there is no more; how often.
  int reads_all(std::uint32_t count = 0) {
    for (int times = 1;; ++times) {
      const auto reply = more("alice", count);
      acknowledge();
      if (reply.more().left() == 0) return times;
    }
  }
};

TEST_CASE("who comes back gets the first of what waited, and a line about the rest") {
  Story story;
  story.posts("carol", "nyc", 1, 10);
  story.posts("bob", "hello", 1, 2);
  story.comes_back();
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2", "nyc 3"});
  REQUIRE(story.digests().size() == 2);
  const auto& nyc = story.digests()[0];
  CHECK(nyc.address() == Service::address("alice"));
  CHECK(nyc.phrase() == "nyc");
  CHECK(nyc.count() == 7);
  CHECK(nyc.since_ms() == story.now().wall_ms);
  CHECK(nyc.last_size() == 5);
  CHECK(story.digests()[1].phrase().empty());
  CHECK(story.digests()[1].count() == 2);
  CHECK(story.owed("alice") == 0);
  CHECK(story.digested("alice") == 9);
}

TEST_CASE("what comes after the return comes one by one") {
  Story story;
  story.posts("carol", "nyc", 1, 10);
  story.comes_back();
  story.post("carol", "nyc and more");
  CHECK(story.texts_for("alice").back() == "nyc and more");
  CHECK(story.digests().size() == 1);
}

TEST_CASE("directs come in full") {
  Story story;
  for (int i = 1; i <= 10; ++i) story.direct("bob", "alice", "psst " + std::to_string(i));
  story.comes_back();
  CHECK(story.texts_for("alice").size() == 10);
  CHECK(story.digests().empty());
}

TEST_CASE("more brings everything in order, each once") {
  Story story(3);
  story.posts("carol", "nyc", 1, 50);
  story.comes_back();
  CHECK(story.more("alice", 10).more().coming() == 10);
  story.acknowledge();
  CHECK(story.texts_for("alice").back() == "nyc 13");
  CHECK(story.reads_all(20) == 2);
  CHECK(story.texts_for("alice").size() == 50);
  CHECK(story.texts_for("alice").back() == "nyc 50");
  CHECK(story.digested("alice") == 0);
  CHECK(story.owed("alice") == 0);
  CHECK(story.more("alice").more().coming() == 0);
}

TEST_CASE("more of one phrase leaves the others") {
  Story story(0);
  for (int i = 1; i <= 5; ++i) {
    story.post("carol", "nyc " + std::to_string(i));
    story.post("carol", "food " + std::to_string(i));
  }
  story.comes_back();
  const auto reply = story.more("alice", 3, "FOOD");
  CHECK(reply.more().coming() == 3);
  CHECK(reply.more().left() == 2);
  CHECK(story.texts_for("alice") == Texts{"food 1", "food 2", "food 3"});
  story.acknowledge();
  story.reads_all();
  auto texts = story.texts_for("alice");
  CHECK(texts.size() == 10);
  std::ranges::sort(texts);
  CHECK(std::ranges::adjacent_find(texts) == texts.end());
}

TEST_CASE("what was unsubscribed since is not brought") {
  Story story(0);
  story.posts("carol", "nyc", 1, 5);
  story.posts("carol", "food", 1, 5);
  story.comes_back();
  story.untrack("alice", "nyc");
  CHECK(story.digested("alice") == 5);
  story.reads_all();
  CHECK(story.texts_for("alice").size() == 5);
  CHECK(story.more("alice").more().left() == 0);
}

TEST_CASE("a digest survives a crash, and is told again if nobody may have heard") {
  const bool heard = GENERATE(true, false);
  Story story(0);
  story.posts("carol", "nyc", 1, 30);
  story.comes_back();
  REQUIRE(story.more("alice", 10).more().coming() == 10);
  if (heard) story.acknowledge();
  REQUIRE(story.fanout().checkpoint(true));
  story.crash();
  CHECK(story.digested("alice") == 20);
  story.comes_back();
  story.reads_all();
  CHECK(story.texts_for("alice").size() == (heard ? 30 : 40));
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("what a digest held by itself before a stretch grew over it goes from both at once") {
  bridge::fanout::Digest digest;
  digest.add_single(10, "nyc", 0);
  digest.add(8, "", 0);
  digest.add(12, "", 0);
  digest.take(10, "nyc");
  CHECK_FALSE(digest.holds(10));
  CHECK(digest.count("nyc") == 0);
  CHECK(digest.next(9) == 11);
}

TEST_CASE(
    "what arrives after all, as a copy from before, is neither counted nor brought any more") {
  const bool crashes = GENERATE(true, false);
  Story story(1);
  story.posts("carol", "nyc", 1, 2);
  const auto third = story.post("carol", "nyc 3").published().id();
  story.posts("carol", "nyc", 4, 4);
  story.online("alice");
  CHECK(story.digested("alice") == 3);
  story.confirm("alice", third);  // while the first is on its way
  CHECK(story.digested("alice") == 2);
  CHECK(story.owed("alice") == 1);
  REQUIRE(story.fanout().checkpoint(true));
  if (crashes) {
    story.crash();
    CHECK(story.owed("alice") + story.digested("alice") == 3);
    story.delivered().clear();
    story.online("alice");
  }
  story.acknowledge();
  story.reads_all();
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2", "nyc 4"});
}

TEST_CASE("a line that was lost with the gateway is told again") {
  Story story(0);
  story.posts("carol", "nyc", 1, 3);
  story.online("alice");
  REQUIRE(story.digests().size() == 1);
  story.fanout().close(Service::kSession);
  story.open_session(Service::kSession, 100, 100'000);
  story.online("alice");
  REQUIRE(story.digests().size() == 2);
  CHECK(story.digests()[1].count() == 3);
  story.acknowledge();
  story.offline("alice");
  story.online("alice");
  CHECK(story.digests().size() == 2);
}

TEST_CASE("beyond its cap of the hour, a track is a line at the end of the hour") {
  Service service;
  service.join("alice");
  service.join("bob");
  service.online("alice");
  auto track = service.by("alice");
  track.mutable_track()->set_phrases("nyc");
  track.mutable_track()->set_per_hour(2);
  service.ask(track);
  for (int i = 1; i <= 6; ++i) service.post("bob", "nyc " + std::to_string(i));
  service.acknowledge();
  CHECK(service.texts_for("alice") == Texts{"nyc 1", "nyc 2"});
  CHECK(service.digests().empty());
  CHECK(service.digested("alice") == 4);
  service.advance(1h);
  REQUIRE(service.digests().size() == 1);
  CHECK(service.digests()[0].count() == 4);
  service.post("bob", "nyc 7");
  CHECK(service.texts_for("alice").back() == "nyc 7");
  service.acknowledge();
  CHECK(service.more("alice").more().coming() == 4);
  CHECK(service.texts_for("alice").size() == 7);
}

TEST_CASE("a digest of singles keeps the newest, and says how many had to go") {
  using bridge::fanout::Digest;
  Digest digest;
  for (std::uint64_t id = 1; id <= Digest::kSinglesMax + 3; ++id) {
    const bool dropped = digest.add_single(id, "nyc", 1'000);
    CHECK(dropped == (id > Digest::kSinglesMax));
  }
  CHECK(digest.count() == Digest::kSinglesMax);
  REQUIRE(digest.news().size() == 1);
  CHECK(digest.news()[0]->expired == 3);
  CHECK(digest.next(0) == 4);
}

TEST_CASE("who asks for more, faster than it can come, is told to wait") {
  Story story(0);
  story.posts("carol", "nyc", 1, 1000);
  story.comes_back();
  story.offline("alice");
  int answered = 0;
  while (!story.more("alice", 100).has_error()) ++answered;
  CHECK(answered == 6);
  CHECK(story.more("alice").error().code() == bridge::wire::BUSY);
  story.comes_back();
  while (story.owed("alice") > 0) story.acknowledge();
  story.reads_all(100);
  CHECK(story.texts_for("alice").size() == 1000);
}

TEST_CASE("who asks for more without an account is told to join") {
  Service service;
  CHECK(service.more("nobody").error().code() == bridge::wire::NOT_JOINED);
}

}  // namespace
