// Posts that their authors correct or take back: who hears of it, and who never sees what it said.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::backbone::RecordId;
using bridge::wire::Reply;
using tests::Service;
using tests::Texts;

struct Story : tests::AliceHearsBob {
  using AliceHearsBob::AliceHearsBob;
  // "text", "=1 text" for a correction of the first post of this story, "-1" for its retraction.
  Texts hears(const std::string& nick = "alice") {
    Texts told;
    for (const Delivered& one : delivered()) {
      if (one.address != address(nick)) continue;
      if (one.changes == 0)
        told.push_back(one.text);
      else
        told.push_back(one.retracted ? "gone" : "now: " + one.text);
    }
    return told;
  }
};

}  // namespace

// ---- whom it reaches ---------------------------------------------------------------------------

TEST_CASE("whoever got a post hears that it was taken back, and which") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc is full");
  story.acknowledge();
  const Reply reply = story.retract("bob", post);
  CHECK(reply.done().changed());
  CHECK(story.hears() == Texts{"nyc is full", "gone"});
  CHECK(story.delivered()[1].changes == post);
  CHECK(story.delivered()[1].id == reply.done().id());
  CHECK(story.delivered()[1].text.empty());
  CHECK(story.delivered()[1].phrase == "nyc");
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("whoever got a post hears how it reads now") {
  Story story;
  story.follow("alice", "bob");
  const RecordId post = story.says("soop");
  story.acknowledge();
  story.correct("bob", post, "soup");
  story.acknowledge();
  story.correct("bob", post, "tomato soup");
  CHECK(story.hears() == Texts{"soop", "now: soup", "now: tomato soup"});
  CHECK(story.delivered()[2].changes == post);
}

TEST_CASE("nobody else hears of it") {
  Story story;
  story.join("carol");
  story.online("carol");
  story.track("carol", "soup");
  const RecordId post = story.says("soop");
  story.correct("bob", post, "soup");  // a correction is not a new post
  story.track("alice", "soop");
  story.retract("bob", post);
  CHECK(story.hears("alice").empty());
  CHECK(story.hears("carol").empty());
}

TEST_CASE("who tracks only what it said before still gets the correction") {
  Story story;
  story.track("alice", "soop");
  const RecordId post = story.says("hot soop");
  story.acknowledge();
  story.correct("bob", post, "hot soup");
  CHECK(story.hears() == Texts{"hot soop", "now: hot soup"});
}

TEST_CASE("whoever had muted the post hears nothing of its changes") {
  Story story;
  story.follow("alice", "bob");
  story.mute("alice", "spoiler");
  const RecordId post = story.says("spoiler: he dies");
  story.correct("bob", post, "nothing happens");
  story.retract("bob", post);
  CHECK(story.hears().empty());
  story.unmute("alice");
  const RecordId next = story.says("spoiler: he lives");
  story.retract("bob", next);
  CHECK(story.hears() == Texts{"spoiler: he lives", "gone"});
}

TEST_CASE("whoever has unsubscribed or blocked since hears nothing more") {
  Story story;
  story.follow("alice", "bob");
  const RecordId post = story.says("hello");
  story.acknowledge();
  story.leave("alice", "bob");
  story.retract("bob", post);
  CHECK(story.hears() == Texts{"hello"});
}

// ---- what waits --------------------------------------------------------------------------------

TEST_CASE("whoever was away never sees what was taken back, and hears nothing of it") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  const RecordId post = story.says("nyc is full");
  story.says("nyc is nice");
  CHECK(story.owed("alice") == 2);
  story.retract("bob", post);
  CHECK(story.owed("alice") == 1);
  story.online("alice");
  CHECK(story.hears() == Texts{"nyc is nice"});
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("whoever was away gets the corrected text alone") {
  Story story;
  story.track("alice", "soop");
  story.offline("alice");
  const RecordId post = story.says("hot soop");
  story.correct("bob", post, "hot soup");
  story.correct("bob", post, "hot tomato soup");
  CHECK(story.owed("alice") == 1);
  story.online("alice");
  CHECK(story.hears() == Texts{"hot tomato soup"});
  CHECK(story.delivered()[0].id == post);
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("whoever got it and was away when it was taken back hears so later") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc is full");
  story.acknowledge();
  story.offline("alice");
  story.retract("bob", post);
  CHECK(story.owed("alice") == 1);
  story.online("alice");
  CHECK(story.hears() == Texts{"nyc is full", "gone"});
  CHECK(story.delivered()[1].late);
}

TEST_CASE("whoever got it and was away for several corrections hears the last one") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc");
  story.acknowledge();
  story.offline("alice");
  story.correct("bob", post, "NYC");
  story.correct("bob", post, "New York");
  CHECK(story.owed("alice") == 1);
  story.online("alice");
  CHECK(story.hears() == Texts{"nyc", "now: New York"});
}

// Found by the simulation: both came back, though the post had been read.
TEST_CASE("whoever a post came back from, read or not, hears that it was taken back") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc is full");
  story.acknowledge();
  const RecordId change = story.retract("bob", post).done().id();
  story.acknowledge();
  story.give_back("alice", post);
  story.give_back("alice", change);
  story.online("alice");
  story.advance(std::chrono::seconds(60));
  CHECK(story.hears() == Texts{"nyc is full", "gone", "gone"});
}

TEST_CASE("what waits for its limit is withdrawn, with its retraction") {
  Story story({.deliveries_per_person = *throttle::Policy::parse("1/1s burst 1")});
  story.track("alice", "nyc");
  story.says("nyc 1");
  const RecordId post = story.says("nyc 2");
  story.says("nyc 3");
  story.retract("bob", post);
  for (int second = 0; second < 5; ++second) {
    story.acknowledge();
    story.advance(std::chrono::seconds(1));
  }
  CHECK(story.hears() == Texts{"nyc 1", "nyc 3"});
}

TEST_CASE("what is on its way when it is taken back is followed by the retraction") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc is full");
  story.retract("bob", post);
  CHECK(story.hears() == Texts{"nyc is full", "gone"});
}

TEST_CASE("what was lost on its way may have arrived: the retraction goes out, the post does not") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc is full");
  story.fanout().close(Service::kSession);
  story.retract("bob", post);
  story.open_session(8, 100, 100'000);
  story.online("alice", 8);
  CHECK(story.hears() == Texts{"nyc is full", "gone"});
}

TEST_CASE("what was lost on its way, was corrected and then arrived as it was, is corrected, too") {
  Story story;
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc is fool");
  story.acknowledge();
  story.give_back("alice", post);
  story.correct("bob", post, "nyc is full");
  story.confirm("alice", post);
  story.online("alice");
  CHECK(story.hears() == Texts{"nyc is fool", "now: nyc is full"});
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("who was there when the bridge died hears of what was taken back in its last moment") {
  Story story;
  story.track("alice", "nyc");
  REQUIRE(story.fanout().checkpoint(false));
  const RecordId post = story.says("nyc is full");
  story.acknowledge();
  story.retract("bob", post);
  story.crash();
  story.online("alice");
  CHECK(story.hears().front() == "nyc is full");
  CHECK(story.hears().back() == "gone");
  CHECK(std::ranges::count(story.hears(), "nyc is full") == 1);
}

// ---- digests -----------------------------------------------------------------------------------

TEST_CASE("a post that is gone does not count in a digest, and more does not bring it") {
  Story story({.catch_up_max = 0});
  story.track("alice", "nyc");
  story.offline("alice");
  story.says("nyc 1");
  const RecordId post = story.says("nyc 2");
  story.says("nyc 3");
  story.online("alice");
  REQUIRE(story.digests().size() == 1);
  CHECK(story.digests()[0].count() == 3);
  story.retract("bob", post);
  CHECK(story.digested("alice") == 2);
  CHECK(story.hears().empty());
  CHECK(story.more("alice", 1).more().left() == 1);
  CHECK(story.more("alice").more().coming() == 1);
  CHECK(story.hears() == Texts{"nyc 1", "nyc 3"});
}

TEST_CASE("more brings a digested post as it reads now, and its correction does not come, too") {
  Story story({.catch_up_max = 0});
  story.track("alice", "soop");
  story.offline("alice");
  const RecordId post = story.says("soop");
  story.online("alice");
  story.correct("bob", post, "soup");
  CHECK(story.hears().empty());
  story.more("alice");
  CHECK(story.hears() == Texts{"soup"});
}

TEST_CASE("what was got before an absence that ends in a digest is corrected one by one") {
  Story story({.catch_up_max = 0});
  story.track("alice", "nyc");
  const RecordId post = story.says("nyc 0");
  story.acknowledge();
  story.offline("alice");
  story.says("nyc 1");
  story.correct("bob", post, "nyc zero");
  story.says("nyc 2");
  story.online("alice");
  CHECK(story.hears() == Texts{"nyc 0", "now: nyc zero"});
  CHECK(story.digests().back().count() == 2);
  CHECK(story.more("alice").more().coming() == 2);
  CHECK(story.hears() == Texts{"nyc 0", "now: nyc zero", "nyc 1", "nyc 2"});
}

TEST_CASE("a change that was settled stays so when the log is read again") {
  Story story({.catch_up_max = 0});
  story.track("alice", "nyc");
  story.offline("alice");
  const RecordId post = story.says("nyc 1");
  story.says("nyc 2");
  story.online("alice");
  story.says("nyc 3");  // on its way
  story.retract("bob", post);
  story.fanout().close(Service::kSession);
  story.open_session(8, 100, 100'000);
  story.online("alice", 8);
  CHECK(story.hears() == Texts{"nyc 3"});
  story.more("alice");
  CHECK(story.hears() == Texts{"nyc 3", "nyc 2", "nyc 3"});
}

TEST_CASE("after a crash a corrected post that waits comes, and not its correction before it") {
  Story story({.catch_up_max = 0});
  story.track("alice", "soop");
  story.offline("alice");
  const RecordId post = story.says("soop");
  REQUIRE(story.fanout().checkpoint(false));
  story.correct("bob", post, "soup");
  story.crash();
  story.online("alice");
  CHECK(story.hears().empty());
  CHECK(story.digested("alice") == 1);
  story.more("alice");
  CHECK(story.hears() == Texts{"soup"});
}

// ---- the rules ---------------------------------------------------------------------------------

TEST_CASE("only one's own posts, only while they are there, and for a while") {
  Story story;
  const RecordId post = story.says("mine");
  CHECK(story.retract("alice", post).error().code() == bridge::wire::FORBIDDEN);
  CHECK(story.correct("alice", post, "hers").error().code() == bridge::wire::FORBIDDEN);
  CHECK(story.retract("bob", 1).error().code() == bridge::wire::UNKNOWN);
  CHECK(story.retract("bob", 999).error().text() == "There is no post #999.");
  CHECK_FALSE(story.correct("bob", post, "mine").done().changed());
  CHECK(story.correct("bob", post, " \n").error().code() == bridge::wire::BAD_REQUEST);
  story.advance(std::chrono::minutes(11));
  const auto late = story.correct("bob", post, "ours").error();
  CHECK(late.code() == bridge::wire::FORBIDDEN);
  CHECK(late.text().starts_with("A post can be corrected for 10 minutes"));
  CHECK(story.retract("bob", post).done().changed());
  CHECK_FALSE(story.retract("bob", post).done().changed());
  CHECK(story.correct("bob", post, "x").error().code() == bridge::wire::CONFLICT);
}

TEST_CASE("the log says nowhere any more what was taken back or corrected") {
  Story story;
  story.track("alice", "rain");
  const RecordId gone = story.says("rain secret one");
  const RecordId corrected = story.says("rain secret two");
  story.correct("bob", gone, "rain secret three");
  story.retract("bob", gone);
  story.correct("bob", corrected, "rain");
  const auto log = story.store().read(0, 1000, 1 << 20);
  REQUIRE(log);
  for (const auto& record : *log)
    CHECK(record->SerializeAsString().find("secret") == std::string::npos);
  const auto& tombstone = (*log)[gone - 1]->post();
  CHECK(tombstone.deleted());
  CHECK(tombstone.ordinal() == 1);
  CHECK(std::vector<std::string>(tombstone.caught().begin(), tombstone.caught().end()) ==
        Texts{"rain"});
}

TEST_CASE("publishing again what was taken back is still the same post") {
  Story story;
  auto publish = story.by("bob");
  publish.mutable_publish()->set_client_id("m1");
  publish.mutable_publish()->set_text("oops");
  const RecordId post = story.ask(publish).published().id();
  story.retract("bob", post);
  const auto again = story.ask(publish).published();
  CHECK(again.duplicate());
  CHECK(again.id() == post);
}
