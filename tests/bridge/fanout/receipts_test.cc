// Receipts (XEP-0184) and deliveries that come back, on memory stores, in one thread.
#include <catch2/catch.hpp>
#include <utility>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using tests::Service;
using tests::Texts;

constexpr std::size_t kUnprovenMax = bridge::fanout::Receipts::kUnprovenMax;
constexpr std::size_t kInFlightMax = bridge::fanout::Pending::kInFlightMax;

// alice's clients are asked to confirm, bob writes.
struct Story : Service {
  Story() {
    join("alice");
    join("bob");
    online_and_asked("alice");
    track("alice", "nyc");
  }
  std::uint64_t last() { return delivered().back().id; }
  void post_nyc(int number) { post("bob", "nyc " + std::to_string(number)); }
  // One delivery that alice's client confirms: from now on it is known to do so.
  void prove() {
    post_nyc(0);
    confirm("alice", last());
    acknowledge();
    delivered().clear();
  }
};

// alice's clients are not asked.
struct Unasked : Service {
  Unasked() {
    join("alice");
    join("bob");
    online("alice");
    track("alice", "nyc");
  }
  // Everything that was delivered; all of it was for alice.
  void give_all_back() {
    for (const auto& one : std::exchange(delivered(), {})) give_back("alice", one.id);
  }
};

TEST_CASE("what a client confirms is done, before or after the server's word for it") {
  const bool before = GENERATE(true, false);
  Story story;
  story.post_nyc(1);
  if (before) story.confirm("alice", story.last());
  story.acknowledge();
  CHECK(story.owed("alice") == (before ? 0 : 1));
  if (!before) story.confirm("alice", story.last());
  CHECK(story.owed("alice") == 0);
  story.lose_server();
  story.online_and_asked("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

TEST_CASE("what the server took and no client confirmed is sent again after the server is lost") {
  Story story;
  story.prove();
  story.post_nyc(1);
  story.acknowledge();
  story.offline("alice");
  story.lose_server();
  CHECK(story.owed("alice") == 1);
  story.online_and_asked("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 1"});
}

TEST_CASE("a client that never confirms anything is soon believed to have what the server took") {
  Story story;
  story.post_nyc(1);
  story.acknowledge();
  CHECK(story.owed("alice") == 1);
  story.advance(10s);
  CHECK(story.owed("alice") == 0);
  story.post_nyc(2);
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
  story.lose_server();
  story.online_and_asked("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2"});
}

TEST_CASE("so is one that confirms none of many") {
  Story story;
  for (std::size_t i = 0; i <= kUnprovenMax; ++i) story.post_nyc(static_cast<int>(i));
  story.acknowledge();
  story.settle();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("a client that has confirmed is waited for, but not for ever") {
  Story story;
  story.prove();
  story.post_nyc(1);
  story.acknowledge();
  story.advance(9min);
  CHECK(story.owed("alice") == 1);
  story.advance(1min);
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("a client that has confirmed is still known to when it is back") {
  Story story;
  story.prove();
  story.offline("alice");
  story.online_and_asked("alice");
  for (std::size_t i = 0; i <= kUnprovenMax; ++i) story.post_nyc(static_cast<int>(i));
  story.acknowledge();
  story.advance(1min);
  CHECK(story.owed("alice") == kUnprovenMax + 1);
}

TEST_CASE("what set out before somebody left and came back is sent again soon") {
  const bool proven = GENERATE(true, false);
  Story story;
  if (proven) story.prove();
  story.post_nyc(1);
  story.offline("alice");
  story.advance(1s);
  story.online_and_asked("alice");
  story.acknowledge();  // the server's word comes only now
  story.post_nyc(2);
  story.confirm("alice", story.last());  // so a receipt for the first was to be expected, too
  story.advance(9s);
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2"});
  story.advance(1s);
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2", "nyc 1"});
}

TEST_CASE("a client that confirms nothing more is sent only so much more") {
  Story story;
  story.prove();
  for (std::size_t i = 0; i < 2 * kInFlightMax; ++i) story.post_nyc(static_cast<int>(i));
  story.acknowledge();
  story.settle();
  CHECK(story.texts_for("alice").size() == kInFlightMax);
  story.confirm("alice", story.delivered()[0].id);
  CHECK(story.texts_for("alice").size() == kInFlightMax + 1);
}

TEST_CASE(
    "what the server kept for somebody who left is confirmed when they are back, or comes again") {
  const bool kept = GENERATE(true, false);
  const auto away = GENERATE(as<std::chrono::milliseconds>(), 1s, 1h);
  Story story;
  story.prove();
  story.post_nyc(1);
  story.acknowledge();
  story.offline("alice");
  story.advance(away);
  CHECK(story.owed("alice") == 1);
  story.online_and_asked("alice");
  if (kept) story.confirm("alice", story.last());
  CHECK(story.texts_for("alice").size() == 1);
  story.advance(10s);
  CHECK(story.texts_for("alice").size() == (kept ? 1 : 2));
}

TEST_CASE("coming and going does not put off what was sent before, and holds nothing back") {
  const auto stays = GENERATE(as<std::chrono::milliseconds>(), 0s, 3s);
  Story story;
  story.prove();
  for (std::size_t i = 0; i <= kInFlightMax; ++i) story.post_nyc(static_cast<int>(i));
  story.acknowledge();
  story.offline("alice");
  story.delivered().clear();
  for (int visit = 0; visit < 10; ++visit) {
    story.online_and_asked("alice");
    story.advance(stays);
    story.offline("alice");
    story.advance(stays);
  }
  story.online_and_asked("alice");
  CHECK(story.texts_for("alice").size() >= kInFlightMax);
}

TEST_CASE(
    "what was not confirmed is owed again when the gateway is lost, not when it says goodbye") {
  const bool in_order = GENERATE(true, false);
  Story story;
  story.prove();
  story.post_nyc(1);
  story.acknowledge();
  story.fanout().close(Service::kSession, in_order);
  story.open_session(Service::kSession, 100, 100'000);
  story.online_and_asked("alice");
  CHECK(story.texts_for("alice").size() == (in_order ? 1 : 2));
}

TEST_CASE("a bridge that ends in good order believes what it was told") {
  Story story;
  story.prove();
  story.post_nyc(1);
  story.acknowledge();
  story.fanout().settle();
  REQUIRE(story.fanout().checkpoint(true));
  story.crash();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("what waits for a receipt survives a crash as owed") {
  Story story;
  story.prove();
  story.post_nyc(1);
  story.acknowledge();
  REQUIRE(story.fanout().checkpoint(true));
  story.crash();
  CHECK(story.owed("alice") == 1);
}

TEST_CASE("receipts for what was never sent change nothing") {
  Story story;
  story.post_nyc(1);
  story.confirm("alice", story.last() + 100);
  story.confirm("alice", 1);
  story.confirm("bob", story.last());
  story.confirm("nobody", story.last());
  CHECK(story.owed("alice") == 1);
}

TEST_CASE("a delivery that comes back after it was done is owed again, also across a crash") {
  const bool crashes = GENERATE(false, true);
  Unasked story;
  story.post("bob", "nyc 1");
  story.direct("bob", "alice", "psst");
  story.acknowledge();
  REQUIRE(story.owed("alice") == 0);
  story.give_all_back();
  CHECK(story.owed("alice") == 2);
  if (crashes) {
    REQUIRE(story.fanout().checkpoint(true));
    story.crash();
    CHECK(story.owed("alice") == 2);
  }
  story.online("alice");
  auto texts = story.texts_for("alice");
  std::ranges::sort(texts);
  CHECK(texts == Texts{"nyc 1", "psst"});
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
  story.post("bob", "nyc 2");
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("only what somebody was owed can come back") {
  Unasked story;
  story.post("bob", "elsewhere");
  const auto head = story.store().head();
  for (std::uint64_t id = 0; id <= head + 1; ++id) story.give_back("alice", id);
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("more coming back than can be remembered one by one is all owed again") {
  Unasked story;
  const std::size_t many = 2 * bridge::fanout::Pending::kAgainMax;
  for (std::size_t i = 0; i < many; ++i) {
    story.post("bob", "nyc");
    story.acknowledge();
  }
  story.give_all_back();
  CHECK(story.owed("alice") == many);
  story.online("alice");
  while (story.owed("alice") > 0) story.acknowledge();
  CHECK(story.texts_for("alice").size() == many);
}

}  // namespace
