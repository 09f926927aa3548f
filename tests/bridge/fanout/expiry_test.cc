// What is kept no longer: what becomes of it where it still waits.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::backbone::RecordId;
using std::chrono::hours;
using tests::Service;
using tests::Texts;

bridge::fanout::FanoutOptions kept_for(hours retention, std::size_t catch_up = 1'000'000) {
  bridge::fanout::FanoutOptions options;
  options.catch_up_max = catch_up;
  options.retention = retention;
  return options;
}

// alice is online, bob writes; posts are kept for a day.
struct Story : tests::AliceHearsBob {
  explicit Story(bridge::fanout::FanoutOptions options = kept_for(hours(24)))
      : AliceHearsBob(std::move(options)) {}
  // The fan-out finds what is too old, the committer lets go of it.
  void pass(hours time) {
    advance(time);
    while (auto expiry = fanout().take_expiry()) {
      REQUIRE(committer().expire(*expiry));
      advance(std::chrono::seconds(2));
    }
  }
  std::uint64_t expired() { return fanout().counters().expired.value(); }
};

}  // namespace

TEST_CASE("whoever was away for too long is told how many posts there were") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  story.says("nyc 1");
  story.says("elsewhere");
  story.says("nyc 2");
  story.pass(hours(25));
  CHECK(story.store().expired_to() == story.store().head());
  CHECK(story.owed("alice") == 0);
  story.says("nyc 3");
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 3"});
  REQUIRE(story.digests().size() == 1);
  CHECK(story.digests()[0].phrase() == "nyc");
  CHECK(story.digests()[0].expired() == 2);
  CHECK(story.digests()[0].count() == 0);
  CHECK(story.expired() == 2);
}

TEST_CASE("what was had in time is not told of, nor what was muted or unsubscribed") {
  Story story;
  story.track("alice", "nyc, rain");
  story.says("nyc 1");
  story.acknowledge();
  story.mute("alice", "snow");
  story.offline("alice");
  story.says("nyc snow");
  story.says("rain");
  story.untrack("alice", "rain");
  story.pass(hours(25));
  story.online("alice");
  CHECK(story.digests().empty());
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

TEST_CASE("a post on several lists is one post") {
  Story story;
  story.follow("alice", "bob");
  story.track("alice", "nyc, rain");
  story.offline("alice");
  story.says("rain in nyc");
  story.pass(hours(25));
  story.online("alice");
  REQUIRE(story.digests().size() == 1);
  CHECK(story.digests()[0].expired() == 1);
}

TEST_CASE("what is young enough comes, and directs are kept") {
  Story story;
  story.follow("alice", "bob");
  story.offline("alice");
  story.says("old");
  story.direct("bob", "alice", "psst");
  story.pass(hours(20));
  story.says("young");
  story.pass(hours(5));
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"psst", "young"});
  REQUIRE(story.digests().size() == 1);
  CHECK(story.digests()[0].expired() == 1);
}

TEST_CASE("what waits for credit and becomes too old is told of, too") {
  Story story;
  story.follow("alice", "bob");
  story.lose_server();
  story.fanout().close(Service::kSession);
  story.open_session(8, 0, 0);
  story.online("alice", 8);
  story.says("too late");
  story.pass(hours(25));
  story.fanout().grant(8, 1000, 1'000'000);
  story.settle();
  CHECK(story.texts_for("alice").empty());
  REQUIRE(story.digests().size() == 1);
  CHECK(story.digests()[0].expired() == 1);
}

TEST_CASE("what is too old in a digest moves from its count to what is too old") {
  const std::string phrase = GENERATE("", "nyc");
  Story story(kept_for(hours(24), 0));
  story.track("alice", "nyc");
  story.offline("alice");
  story.says("nyc 1");
  story.says("nyc 2");
  story.online("alice");
  CHECK(story.digests().back().count() == 2);
  story.pass(hours(23));
  story.offline("alice");
  story.says("nyc 3");
  story.pass(hours(2));
  story.online("alice");
  CHECK(story.more("alice", 0, phrase).more().coming() == 1);
  CHECK(story.texts_for("alice") == Texts{"nyc 3"});
  CHECK(story.digests().back().expired() == 2);
  CHECK(story.digests().back().count() == 0);
  CHECK(story.expired() == 2);
}

TEST_CASE("what has been told is told once, unless nobody knows that it arrived") {
  Story story;
  story.follow("alice", "bob");
  story.offline("alice");
  story.says("old");
  story.pass(hours(25));
  story.online("alice");
  CHECK(story.digests().size() == 1);
  const bool acknowledged = GENERATE(true, false);
  if (acknowledged) story.acknowledge();
  REQUIRE(story.fanout().checkpoint(true));
  story.crash();
  story.online("alice");
  CHECK(story.digests().size() == (acknowledged ? 1 : 2));
}

TEST_CASE("a post that is too old is passed on to nobody, and not corrected") {
  Story story;
  story.join("carol");
  story.follow("alice", "carol");
  const RecordId old = story.says("old");
  story.offline("alice");
  CHECK(story.repost("carol", old).has_done());
  story.pass(hours(25));
  story.online("alice");
  CHECK(story.texts_for("alice").empty());
  CHECK(story.digests().empty());
  CHECK(story.correct("bob", old, "new").error().code() == bridge::wire::CONFLICT);
  CHECK_FALSE(story.retract("bob", old).done().changed());
}

TEST_CASE("whoever had a post in time is told of its correction when they are back") {
  Story story;
  story.follow("alice", "bob");
  const RecordId post = story.says("nyc");
  story.acknowledge();
  story.offline("alice");
  story.advance(std::chrono::minutes(5));
  story.correct("bob", post, "NYC");
  // The post is too old by now, its correction is not.
  story.advance(hours(24) - std::chrono::minutes(2));
  story.pass(hours(0));
  CHECK(story.store().expired_to() >= post);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc", "NYC"});
  CHECK(story.digests().empty());
}

TEST_CASE("whoever missed the post is not told of its correction alone") {
  Story story;
  story.follow("alice", "bob");
  story.offline("alice");
  const RecordId post = story.says("nyc");
  story.advance(std::chrono::minutes(5));
  story.correct("bob", post, "NYC");
  story.advance(hours(24) - std::chrono::minutes(2));
  story.pass(hours(0));
  story.online("alice");
  CHECK(story.texts_for("alice").empty());
  REQUIRE(story.digests().size() == 1);
  CHECK(story.digests()[0].expired() == 1);
}
