// From post to delivery, on memory stores, in one thread.
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "tests/support/service.h"

namespace {

using tests::Service;
using tests::Texts;

using Story = tests::AliceHearsBob;

TEST_CASE("a track sees the posts after it") {
  Story story;
  story.post("bob", "nyc before");
  story.track("alice", "nyc");
  story.post("bob", "nyc after");
  CHECK(story.texts_for("alice") == Texts{"nyc after"});
  CHECK(story.delivered()[0].phrase == "nyc");
  CHECK_FALSE(story.delivered()[0].late);
}

TEST_CASE("a post reaches a person once, as the highest of what matches") {
  Story story;
  story.track("alice", "nyc, pizza");
  story.follow("alice", "bob");
  story.post("bob", "pizza in nyc");
  REQUIRE(story.texts_for("alice").size() == 1);
  CHECK(story.delivered()[0].kind == bridge::wire::FOLLOW);
}

TEST_CASE("deliveries are counted by class") {
  Story story;
  story.track("alice", "nyc");
  story.follow("alice", "bob");
  story.post("bob", "hello");
  story.post("carol", "in nyc");
  story.direct("bob", "alice", "psst");
  const auto& kinds = story.fanout().counters().kinds;
  using bridge::fanout::Kind;
  for (const Kind kind : {Kind::kDirect, Kind::kFollow, Kind::kTrack}) {
    CHECK(kinds[static_cast<std::size_t>(kind)].delivered.value() == 1);
    CHECK(kinds[static_cast<std::size_t>(kind)].queued.value() == 0);
  }
  CHECK(kinds[static_cast<std::size_t>(Kind::kBacklog)].delivered.value() == 0);
  CHECK(name(Kind::kBacklog) == "backlog");
}

TEST_CASE("nobody gets their own posts") {
  Story story;
  story.track("alice", "nyc");
  story.post("alice", "me in nyc");
  CHECK(story.texts_for("alice").empty());
}

TEST_CASE("what comes while somebody is away waits, and arrives late, in order") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  story.post("bob", "nyc 1");
  story.post("bob", "nyc 2");
  CHECK(story.texts_for("alice").empty());
  CHECK(story.owed("alice") == 2);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2"});
  CHECK(story.delivered()[0].late);
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("far more than the short queue holds is caught up from the log") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  Texts expected;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back("nyc " + std::to_string(i));
    story.post("bob", expected.back());
    story.post("bob", "elsewhere");
  }
  CHECK(story.owed("alice") == 1000);
  story.online("alice");
  for (int i = 0; i < 10; ++i) story.acknowledge();
  CHECK(story.texts_for("alice") == expected);
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("a delivery limit makes it later, never lost") {
  Story story({.deliveries_per_person = *throttle::Policy::parse("1/1s burst 2")});
  story.track("alice", "nyc");
  for (int i = 0; i < 10; ++i) story.post("bob", "nyc " + std::to_string(i));
  CHECK(story.texts_for("alice").size() == 2);
  for (int second = 1; second <= 8; ++second) {
    story.advance(std::chrono::seconds(1));
    story.acknowledge();
    CHECK(story.texts_for("alice").size() == static_cast<std::size_t>(2 + second));
  }
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("a raised limit takes effect at once") {
  Story story({.deliveries_per_person = *throttle::Policy::parse("0/1s")});
  story.track("alice", "nyc");
  story.post("bob", "nyc");
  CHECK(story.texts_for("alice").empty());
  story.fanout().set_limit(throttle::Policy::unlimited());
  story.settle();
  CHECK(story.texts_for("alice") == Texts{"nyc"});
}

TEST_CASE("an exception holds for one person, and a limit in shadow for nobody") {
  Story story;
  story.join("carol");
  story.online("carol");
  story.track("alice", "nyc");
  story.track("carol", "nyc");
  bridge::fanout::FanoutLimits limits;
  limits.deliveries_per_person = *throttle::Policy::parse("1/1h burst 1");
  limits.deliveries_per_person.overrides =
      std::make_shared<const throttle::Overrides>(std::vector<throttle::Overrides::Entry>{
          {throttle::sip_hash<1, 3>(limits.seed, Service::address("alice")),
           throttle::Policy::unlimited()}});
  story.fanout().set_limits(limits);
  for (int i = 0; i < 3; ++i) story.post("bob", "nyc " + std::to_string(i));
  CHECK(story.texts_for("alice").size() == 3);
  CHECK(story.texts_for("carol").size() == 1);
  limits.deliveries_per_person.shadow = true;
  story.fanout().set_limits(limits);
  story.settle();
  CHECK(story.texts_for("carol").size() == 3);
  CHECK(story.fanout().counters().shadowed.value() >= 2);
}

TEST_CASE(
    "under pressure tracks wait their turn, directs and follows do not, and nothing is lost") {
  Story story;
  story.join("carol");
  story.track("alice", "nyc");
  story.follow("alice", "carol");
  bridge::fanout::FanoutLimits limits;
  limits.under_pressure = *throttle::Policy::parse("4/1s burst 4");
  story.fanout().set_limits(limits);
  story.fanout().set_pressure(2);
  for (int i = 0; i < 10; ++i) story.post("bob", "nyc " + std::to_string(i));
  CHECK(story.texts_for("alice").size() == 2);  // half of what the first level gives
  story.direct("bob", "alice", "psst");
  story.post("carol", "hello");
  CHECK(story.texts_for("alice").size() == 4);
  story.advance(std::chrono::seconds(1));
  CHECK(story.texts_for("alice").size() == 6);
  story.fanout().set_pressure(0);
  story.settle();
  CHECK(story.texts_for("alice").size() == 12);
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("whoever stuffs posts with tracked words pays by the listeners reached") {
  Story story;
  for (const char* nick : {"carol", "dave"}) {
    story.join(nick);
    story.online(nick);
    story.track(nick, "nyc");
  }
  story.track("alice", "nyc");
  bridge::fanout::FanoutLimits limits;
  limits.listeners_per_author = *throttle::Policy::parse("3/1h burst 6");
  story.fanout().set_limits(limits);
  for (int i = 0; i < 4; ++i) story.post("bob", "nyc " + std::to_string(i));
  CHECK(story.fanout().counters().diverted.value() == 2);
  story.post("alice", "nyc by somebody else");
  CHECK(story.fanout().counters().diverted.value() == 2);
  CHECK(story.texts_for("carol").size() == 5);  // later perhaps, but all
  CHECK(story.fanout().top_authors(1)[0].key == "bob");
  story.acknowledge();
  CHECK(story.owed("carol") == 0);
}

TEST_CASE("what keeps waiting too long goes to the backlog, and arrives with its time") {
  Story story;
  story.track("alice", "nyc");
  bridge::fanout::FanoutLimits limits;
  limits.deliveries_per_person = *throttle::Policy::parse("1/1s burst 1");
  limits.age_target = std::chrono::milliseconds(1000);
  story.fanout().set_limits(limits);
  for (int i = 0; i < 20; ++i) story.post("bob", "nyc " + std::to_string(i));
  for (int second = 0; second < 40; ++second) {
    story.advance(std::chrono::seconds(1));
    story.acknowledge();
  }
  CHECK(story.fanout().counters().aged.value() > 0);
  CHECK(story.texts_for("alice").size() == 20);
  CHECK(story.delivered().back().late);
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("what all people together may get holds them all, directs least") {
  Story story;
  for (const char* nick : {"carol", "dave"}) {
    story.join(nick);
    story.online(nick);
    story.track(nick, "nyc");
  }
  bridge::fanout::FanoutLimits limits;
  limits.deliveries = *throttle::Policy::parse("2/1s burst 2");
  story.fanout().set_limits(limits);
  for (int i = 0; i < 4; ++i) story.post("bob", "nyc " + std::to_string(i));
  story.direct("bob", "carol", "psst");
  CHECK(story.delivered().size() == 2);
  CHECK(story.fanout().counters().exhausted.value() > 0);
  story.advance(std::chrono::seconds(1));
  CHECK(story.delivered().size() == 4);
  CHECK(std::ranges::count(story.texts_for("carol"), "psst") == 1);
  for (int second = 0; second < 3; ++second) story.advance(std::chrono::seconds(1));
  CHECK(story.delivered().size() == 9);  // later, but all

  limits.deliveries.shadow = true;
  story.fanout().set_limits(limits);
  for (int i = 0; i < 20; ++i) story.post("bob", "nyc in shadow");
  CHECK(story.delivered().size() == 49);
  CHECK(story.fanout().counters().shadowed.value() > 0);
  limits.deliveries.shadow = false;
  story.fanout().set_limits(limits);
  story.advance(std::chrono::seconds(1));
  story.post("bob", "nyc in earnest again");  // nobody pays for what was in shadow
  CHECK(story.delivered().size() == 51);

  limits.deliveries = *throttle::Policy::parse("0/s");
  story.fanout().set_limits(limits);
  story.post("bob", "nyc in a pause");
  story.advance(std::chrono::hours(1));
  CHECK(story.delivered().size() == 51);
  story.fanout().set_limits({});
  story.settle();
  CHECK(story.delivered().size() == 53);
}

TEST_CASE("nothing is sent beyond the credit") {
  Story story;
  story.track("alice", "nyc");
  story.fanout().close(Service::kSession);
  story.open_session(9, 3, 1'000'000);
  story.online("alice", 9);
  for (int i = 0; i < 10; ++i) story.post("bob", "nyc " + std::to_string(i));
  CHECK(story.texts_for("alice").size() == 3);
  story.fanout().acknowledge(9, 3);
  story.settle();
  CHECK(story.texts_for("alice").size() == 3);
  story.fanout().grant(9, 5, 1'000'000);
  story.settle();
  CHECK(story.texts_for("alice").size() == 5);
  CHECK(story.owed("alice") == 7);
}

TEST_CASE("byte credit is never exceeded either") {
  Story story;
  story.track("alice", "nyc");
  story.fanout().close(Service::kSession);
  const auto one = bridge::wire::rendered_bytes(3, 5, Service::address("alice").size(), 3);
  story.open_session(9, 1000, one * 2 + one / 2);
  story.online("alice", 9);
  for (int i = 0; i < 5; ++i) story.post("bob", "nyc " + std::to_string(i));
  CHECK(story.texts_for("alice").size() == 2);
}

TEST_CASE("what a lost session had not acknowledged is sent again, what it had is not") {
  Story story;
  story.track("alice", "nyc");
  story.post("bob", "nyc 1");
  story.acknowledge();
  story.post("bob", "nyc 2");
  story.fanout().close(Service::kSession);
  story.open_session(8, 100, 100'000);
  story.online("alice", 8);
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2", "nyc 2"});
}

TEST_CASE("a bounced delivery is owed again and waits for the next presence") {
  Story story;
  story.track("alice", "nyc");
  story.post("bob", "nyc 1");
  story.give_back("alice", story.delivered()[0].id);
  story.acknowledge();
  CHECK(story.texts_for("alice").size() == 1);
  CHECK(story.owed("alice") == 1);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 1"});
}

TEST_CASE("untracking withdraws what had not been sent") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  story.post("bob", "nyc 1");
  story.untrack("alice", "nyc");
  story.online("alice");
  CHECK(story.texts_for("alice").empty());
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("a post delivered as a follow does not come again as a track") {
  Story story;
  story.track("alice", "nyc");
  story.follow("alice", "bob");
  story.offline("alice");
  story.post("bob", "nyc 1");
  story.online("alice");
  story.leave("alice", "bob");
  story.offline("alice");
  story.online("alice");
  story.acknowledge();
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

TEST_CASE("off holds everything back until on") {
  Story story;
  story.track("alice", "nyc");
  story.switch_delivery("alice", false);
  story.post("bob", "nyc while off");
  story.direct("bob", "alice", "psst");
  CHECK(story.texts_for("alice").empty());
  CHECK(story.owed("alice") == 2);
  story.switch_delivery("alice", true);
  story.post("bob", "nyc on again");
  auto texts = story.texts_for("alice");
  std::ranges::sort(texts);
  CHECK(texts == Texts{"nyc on again", "nyc while off", "psst"});
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("directs reach their person alone, also after waiting") {
  Story story;
  story.join("eve");
  story.online("eve");
  story.track("eve", "secret");
  story.offline("alice");
  for (int i = 0; i < 300; ++i) story.direct("bob", "alice", "secret " + std::to_string(i));
  CHECK(story.owed("alice") == 300);
  story.online("alice");
  for (int i = 0; i < 5; ++i) story.acknowledge();
  CHECK(story.texts_for("alice").size() == 300);
  CHECK(story.texts_for("eve").empty());
}

TEST_CASE("what comes back while they read along with a pass is read again") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  for (int i = 0; i < 200; ++i) story.post("bob", "nyc " + std::to_string(i));
  story.hold_still(true);
  story.online("alice");
  story.fanout().turn(story.now());  // reads some of it and sends that
  REQUIRE(!story.delivered().empty());
  REQUIRE(story.delivered().size() < 200);
  story.give_back("alice", story.delivered().front().id);
  story.fanout().acknowledge(Service::kSession, 1'000'000);
  story.hold_still(false);
  story.online("alice");
  story.acknowledge();
  CHECK(story.delivered().size() == 201);
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("a direct waits for whoever quit before it came, also across a crash") {
  const bool crashes = GENERATE(false, true);
  Service service;
  service.join("alice");
  service.join("bob");
  service.direct("bob", "alice", "see you");
  service.quit("alice");
  if (crashes) service.crash();
  service.online("alice");
  CHECK(service.texts_for("alice").empty());
  service.join("alice");
  service.settle();
  CHECK(service.texts_for("alice") == Texts{"see you"});
}

TEST_CASE("after a crash nothing is missing, and only what was not saved comes twice") {
  Story story;
  story.track("alice", "nyc");
  for (int i = 0; i < 5; ++i) story.post("bob", "nyc " + std::to_string(i));
  story.acknowledge();
  REQUIRE(story.fanout().checkpoint(false));
  story.post("bob", "nyc 5");
  story.acknowledge();
  story.post("bob", "nyc 6");
  story.crash();
  story.online("alice");
  story.acknowledge();
  CHECK(story.texts_for("alice") ==
        Texts{"nyc 0", "nyc 1", "nyc 2", "nyc 3", "nyc 4", "nyc 5", "nyc 6", "nyc 5", "nyc 6"});
  REQUIRE(story.fanout().checkpoint(true));
  story.crash();
  story.online("alice");
  CHECK(story.texts_for("alice").size() == 9);
}

TEST_CASE("a crash keeps what waits for the absent") {
  Story story;
  story.track("alice", "nyc");
  story.offline("alice");
  story.post("bob", "nyc 1");
  REQUIRE(story.fanout().checkpoint(true));
  story.post("bob", "nyc 2");
  story.crash();
  CHECK(story.owed("alice") == 2);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2"});
}

TEST_CASE("people who come back in the order of a roster read the log together") {
  Service service;
  service.join("bob");
  Texts nicks;
  for (int n = 0; n < 100; ++n) {
    nicks.push_back("p" + std::to_string(n));
    service.join(nicks.back());
    service.follow(nicks.back(), "bob");
    service.post("bob", std::to_string(n));
  }
  bridge::wire::Presence presence;
  for (auto nick = nicks.rbegin(); nick != nicks.rend(); ++nick) {
    auto& change = *presence.add_changes();
    change.set_address(Service::address(*nick));
    change.set_available(true);
  }
  service.fanout().presence(Service::kSession, presence);
  service.settle();
  CHECK(service.texts_for("p0").size() == 100);
  CHECK(service.texts_for("p99").size() == 1);
  CHECK(service.fanout().counters().passes.value() <= 8);
}

TEST_CASE("the roster lists those first who were served last") {
  Service service;
  for (const char* nick : {"a1", "a2", "a3", "a4"}) service.join(nick);
  for (const char* nick : {"a2", "a4", "a3"}) {
    service.online(nick);
    service.post("a1", "hello");
    service.offline(nick);
  }
  bridge::wire::Roster request;
  request.set_limit(3);
  auto page = service.fanout().roster(Service::kSession, request);
  CHECK(std::vector(page.addresses().begin(), page.addresses().end()) ==
        Texts{Service::address("a3"), Service::address("a4"), Service::address("a2")});
  request.set_after(page.next());
  page = service.fanout().roster(Service::kSession, request);
  CHECK(page.addresses_size() == 1);
  CHECK(page.next() == 0);
}

TEST_CASE("a session reaches, and hears of, only the addresses it may speak for") {
  Story story;
  story.track("alice", "nyc");
  story.fanout().close(Service::kSession);
  story.fanout().open(9, [](std::string_view address) { return address.ends_with("@other.org"); });
  story.fanout().grant(9, 100, 100'000);
  story.online("alice", 9);
  story.post("bob", "nyc");
  CHECK(story.texts_for("alice").empty());
  bridge::wire::Roster request;
  request.set_limit(10);
  CHECK(story.fanout().roster(9, request).addresses_size() == 0);

  // Nor can it say what became of theirs.
  story.open_session(Service::kSession, 100, 100'000);
  story.online("alice");
  REQUIRE(story.texts_for("alice") == Texts{"nyc"});
  const auto id = story.delivered().back().id;
  bridge::wire::Receipt receipt;
  receipt.set_address(Service::address("alice"));
  receipt.set_id(id);
  story.fanout().confirm(9, receipt);
  CHECK(story.owed("alice") == 1);
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
  bridge::wire::Nack nack;
  nack.set_address(Service::address("alice"));
  nack.set_id(id);
  story.fanout().give_back(9, nack);
  CHECK(story.owed("alice") == 0);
}

// How many of the first ten deliveries are tracks, when ten people wait for one and ten for a post
// of somebody they follow.
std::size_t tracks_of_ten(const bridge::fanout::ClassShares& shares) {
  Story story;
  story.open_session(9, 0, 1'000'000);
  for (int i = 0; i < 10; ++i) {
    const std::string follower = "f" + std::to_string(i), tracker = "t" + std::to_string(i);
    for (const auto& nick : {follower, tracker}) {
      story.join(nick);
      story.online(nick, 9);
    }
    story.follow(follower, "bob");
    story.track(tracker, "nyc");
  }
  bridge::fanout::FanoutLimits limits;
  limits.shares = shares;
  story.fanout().set_limits(limits);
  story.post("bob", "hello");
  story.post("alice", "in nyc");
  story.fanout().grant(9, 10, 1'000'000);
  story.settle();
  REQUIRE(story.delivered().size() == 10);
  return static_cast<std::size_t>(std::ranges::count(
      story.delivered(), bridge::wire::TRACK, [](const auto& delivery) { return delivery.kind; }));
}

TEST_CASE("classes share by weight, and no weight takes a reserve away") {
  bridge::fanout::ClassShares shares;
  shares.follow.weight = 4;
  shares.track.weight = 1;
  CHECK(tracks_of_ten(shares) == 2);
  shares.track.reserve = 6;
  CHECK(tracks_of_ten(shares) == 6);
  shares.follow.weight = 100;
  CHECK(tracks_of_ten(shares) == 0);  // all ten of the others fit in one turn of theirs
}

}  // namespace
