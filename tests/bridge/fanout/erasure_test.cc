// Accounts that are erased: what becomes of what they wrote, and of what waits for them.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::backbone::RecordId;
using tests::Service;
using tests::Texts;

// bob is erased.
struct Story : tests::AliceHearsBob {
  using AliceHearsBob::AliceHearsBob;
  bridge::wire::Reply erase(const std::string& nick) {
    const auto reply = AliceHearsBob::erase(nick);
    while (committer().erase_some()) continue;
    settle();
    return reply;
  }
  bool log_says(const std::string& text) {
    const auto log = *store().read(0, 1000, 1 << 20);
    return std::ranges::any_of(log, [&](const auto& record) {
      return record->SerializeAsString().find(text) != std::string::npos;
    });
  }
};

}  // namespace

TEST_CASE("what is erased comes to nobody, and the account is gone but for its nick") {
  Story story;
  story.follow("alice", "bob");
  story.direct("alice", "bob", "for bob");
  story.says("had");
  story.acknowledge();
  story.offline("alice");
  story.says("secret");
  story.direct("bob", "alice", "secret, too");
  CHECK(story.owed("alice") == 2);
  CHECK(story.erase("bob").done().changed());
  CHECK(story.committer().state().find_address(Service::address("bob")) == nullptr);
  CHECK(story.owed("alice") == 0);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"had"});
  CHECK_FALSE(story.log_says("secret"));
  CHECK_FALSE(story.log_says("for bob"));
  CHECK_FALSE(story.log_says(Service::address("bob")));
  bridge::wire::Request join;
  join.mutable_actor()->set_address("eve@example.org");
  join.mutable_join()->set_nick("bob");
  CHECK(story.ask(join).error().code() == bridge::wire::CONFLICT);
  CHECK(story.erase("bob").done().changed());  // once more does no harm
  story.crash();
  CHECK(story.committer().state().find_address(Service::address("bob")) == nullptr);
}

TEST_CASE("what waits for credit is withdrawn when its author is erased, and for whom is erased") {
  Story story;
  story.follow("alice", "bob");
  story.lose_server();
  story.fanout().close(Service::kSession);
  story.open_session(8, 0, 0);
  story.online("alice", 8);
  story.online("bob", 8);
  story.says("secret");
  story.direct("bob", "alice", "secret, too");
  story.direct("alice", "bob", "for bob");
  story.erase("bob");
  story.fanout().grant(8, 1000, 1'000'000);
  story.settle();
  CHECK(story.delivered().empty());
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("nothing is left of tracks, mutes, favourites, reposts, blocks and the time zone") {
  Story story;
  story.join("carol");
  story.follow("alice", "bob");
  story.track("bob", "apricot, plum");
  story.mute("bob", "quince");
  story.unmute("bob", "quince");
  auto zone = story.by("bob");
  zone.mutable_set_zone()->set_zone("Europe/Berlin");
  story.ask(zone);
  story.block("bob", "carol");
  const RecordId post = story.post("alice", "nothing much").published().id();
  story.favourite("bob", post);
  story.repost("bob", post);
  story.erase("bob");
  for (const char* word : {"apricot", "plum", "quince", "Berlin"})
    CHECK_FALSE(story.log_says(word));
  const bool restarted = GENERATE(false, true);
  if (restarted) story.crash();
  const auto& bob = *story.committer().state().find_nick("bob");
  CHECK_FALSE(bob.open);
  CHECK(bob.tracks.empty());
  CHECK(bob.mutes().empty());
  CHECK(bob.blocks().empty());
  CHECK(bob.favourites().empty());
  CHECK(bob.reposts().empty());
  CHECK(bob.zone().empty());
}

TEST_CASE("a repost of what was erased comes to nobody, nor does a repost by whom was erased") {
  Story story;
  story.join("carol");
  story.join("dave");
  story.offline("alice");
  const bool of_bob = GENERATE(true, false);
  const std::string author = of_bob ? "bob" : "dave";
  const std::string reposter = of_bob ? "dave" : "bob";
  story.follow("alice", reposter);
  const RecordId post = story.post(author, "passed on").published().id();
  CHECK(story.repost(reposter, post).has_done());
  CHECK(story.owed("alice") == 1);
  story.erase("bob");
  CHECK(story.owed("alice") == 0);
  story.online("alice");
  CHECK(story.texts_for("alice").empty());
}

TEST_CASE("who is erased has reposted nothing, for a repost that has yet to have its turn") {
  Story story;
  for (const char* nick : {"carol", "dave"}) story.join(nick);
  for (const char* nick : {"bob", "carol"}) story.follow("alice", nick);
  story.offline("alice");
  const RecordId post = story.post("dave", "passed on").published().id();
  story.repost("bob", post);
  const RecordId later = story.repost("carol", post).done().id();
  CHECK(story.owed("alice") == 1);  // the first of them
  story.erase("bob");
  CHECK(story.owed("alice") == 1);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"passed on"});
  CHECK(story.delivered().back().id == later);
}

TEST_CASE("what was corrected before it was erased does not come back") {
  Story story;
  story.follow("alice", "bob");
  const RecordId post = story.says("secret");
  story.correct("bob", post, "better secret");
  story.acknowledge();
  story.erase("bob");
  auto get = story.by("alice");
  get.mutable_get()->mutable_post()->set_id(post);
  CHECK(story.ask(get).error().code() == bridge::wire::UNKNOWN);
  CHECK_FALSE(story.log_says("secret"));
}

TEST_CASE("whoever asks in the same commit sees nothing of an erased account") {
  Story story;
  const RecordId post = story.says("secret");
  auto erase = story.by("bob");
  erase.mutable_erase();
  story.committer().stage({.reply_to = {}, .request = erase}, story.now());
  auto get = story.by("alice");
  get.mutable_get()->mutable_post()->set_id(post);
  CHECK(story.ask(get).error().code() == bridge::wire::UNKNOWN);
}

TEST_CASE("a digest of an erased account is not kept") {
  auto options = Service::one_by_one();
  options.catch_up_max = 0;
  Story story(options);
  story.track("alice", "apricot");
  story.offline("alice");
  story.says("apricot");
  story.online("alice");
  REQUIRE(story.digested("alice") == 1);
  REQUIRE(story.fanout().checkpoint(true));
  story.erase("alice");
  const bool crashed = GENERATE(false, true);
  if (crashed) story.crash();
  REQUIRE(story.fanout().checkpoint(true));
  (void)story.cursors().load([](const bridge::backbone::CursorRow& row) {
    CHECK(row.digest == bridge::backbone::DigestRow{});
  });
}

TEST_CASE("what was posted after something erased comes") {
  Story story;
  story.join("carol");
  story.track("alice", "nyc");
  story.lose_server();
  story.fanout().close(Service::kSession);
  story.open_session(8, 0, 0);
  story.online("alice", 8);
  story.says("secret of nyc");
  story.post("carol", "good morning nyc");
  story.erase("bob");
  story.fanout().grant(8, 1000, 1'000'000);
  story.settle();
  CHECK(story.texts_for("alice") == Texts{"good morning nyc"});
}
