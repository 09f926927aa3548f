// Deliveries that come back as errors: for how long nothing is sent, and that nothing is lost.
#include <catch2/catch.hpp>
#include <utility>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using bridge::wire::Nack;
using tests::Service;
using tests::Texts;

// alice is there, bob writes; what is sent to alice comes back until her server is `well` again.
struct Story : Service {
  Story() {
    join("alice");
    join("bob");
    online("alice");
    track("alice", "nyc");
  }
  void post_nyc(int number) { post("bob", "nyc " + std::to_string(number)); }
  // Sends back what is on its way to her. How much that was.
  std::size_t bounce(Nack::Reason reason = Nack::UNREACHABLE) {
    acknowledge();
    const auto sent = std::exchange(delivered(), {});
    for (const auto& one : sent) give_back("alice", one.id, reason);
    return sent.size();
  }
  // Held twice in a row: from now on showing up proves nothing.
  void mistrust(Nack::Reason reason = Nack::UNREACHABLE) {
    post_nyc(0);
    bounce(reason);
    online("alice");
    bounce(reason);
    online("alice");
  }
};

TEST_CASE("whoever something came back from gets it when they show up again") {
  const auto reason = GENERATE(Nack::OFFLINE, Nack::UNREACHABLE, Nack::BOUNCED);
  Story story;
  story.post_nyc(1);
  story.post_nyc(2);
  CHECK(story.bounce(reason) == 2);
  story.post_nyc(3);
  CHECK(story.texts_for("alice").empty());
  CHECK(story.fanout().counters().unreachable.value() == 1);
  CHECK(story.owed("alice") == 3);
  story.online("alice");
  CHECK(story.texts_for("alice").size() == 3);
  CHECK(story.fanout().counters().unreachable.value() == 0);
}

TEST_CASE("when it comes back again, showing up is not enough") {
  Story story;
  story.mistrust();
  CHECK(story.texts_for("alice").empty());
  story.offline("alice");
  story.advance(1min);
  story.online("alice");
  CHECK(story.texts_for("alice").empty());
  CHECK(story.owed("alice") == 1);
  story.advance(1min);
  CHECK(story.texts_for("alice") == Texts{"nyc 0"});
}

TEST_CASE("one delivery is tried, and the rest follows when it does not come back") {
  Story story;
  story.mistrust();
  story.post_nyc(1);
  story.post_nyc(2);
  story.advance(2min);
  CHECK(story.texts_for("alice").size() == 1);
  story.acknowledge();
  story.advance(9s);
  CHECK(story.texts_for("alice").size() == 1);
  story.advance(1s);
  CHECK(story.texts_for("alice").size() == 3);
}

TEST_CASE("a receipt for what was tried is proof enough from then on") {
  Story story;
  story.mistrust();
  story.post_nyc(1);
  story.advance(2min);
  story.confirm("alice", story.delivered().back().id);
  story.advance(10s);
  CHECK(story.texts_for("alice") == Texts{"nyc 0", "nyc 1"});
  story.bounce();
  story.online("alice");
  CHECK(story.texts_for("alice").size() == 2);
}

TEST_CASE("whoever was not there is tried when they are, though not all the time") {
  Story story;
  story.mistrust(Nack::OFFLINE);
  CHECK(story.texts_for("alice").empty());
  story.advance(10s);
  CHECK(story.texts_for("alice").size() == 1);
}

TEST_CASE("an address from which all comes back costs few stanzas, and loses nothing") {
  Story story;
  for (int i = 0; i < 100; ++i) story.post_nyc(i);
  std::size_t sent = story.bounce();
  for (int minute = 0; minute < 600; ++minute) {
    story.online("alice");
    story.advance(1min);
    sent += story.bounce();
  }
  CHECK(sent <= 200 + 16);
  CHECK(story.owed("alice") == 100);
  story.online("alice");
  story.advance(1h);
  story.acknowledge();
  story.advance(10s);
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("whoever stays away is looked for, less and less often, and not for ever") {
  Story story;
  story.post_nyc(1);
  story.bounce();
  story.advance(59s);
  CHECK(story.looked_for().empty());
  story.advance(1s);
  CHECK(story.looked_for() == Texts{"alice@example.org"});
  story.advance(119s);
  CHECK(story.looked_for().size() == 1);
  story.advance(1s);
  CHECK(story.looked_for().size() == 2);
  for (int hour = 0; hour < 100; ++hour) story.advance(1h);
  CHECK(story.looked_for().size() == bridge::fanout::Bounces::kLevelMax);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

TEST_CASE("when they are found there, they get it") {
  Story story;
  story.post_nyc(1);
  story.bounce();
  story.advance(1min);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

TEST_CASE("after a quiet time somebody held is as good as anybody") {
  Story story;
  story.mistrust();
  story.advance(2min);
  story.acknowledge();
  story.advance(10s);
  story.advance(1h);
  story.delivered().clear();
  story.post_nyc(1);
  story.bounce();
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

TEST_CASE("what never left the gateway holds nobody") {
  Story story;
  for (int i = 0; i < 5; ++i) {
    story.post_nyc(i);
    for (const auto& one : std::exchange(story.delivered(), {}))
      story.give_back("alice", one.id, Nack::OFFLINE, true);
    story.online("alice");
  }
  CHECK(story.texts_for("alice").size() == 5);
  CHECK(story.fanout().counters().bounced.value() == 0);
}

TEST_CASE("an echo of what was sent before they were held does not count again") {
  Story story;
  story.post_nyc(1);
  story.post_nyc(2);
  story.acknowledge();
  const auto sent = std::exchange(story.delivered(), {});
  story.give_back("alice", sent[0].id);
  story.online("alice");
  story.acknowledge();
  story.give_back("alice", sent[1].id);
  story.online("alice");
  CHECK(story.texts_for("alice") == Texts{"nyc 1", "nyc 2"});
}

TEST_CASE("whoever quits and joins again begins anew") {
  Story story;
  story.mistrust();
  REQUIRE(story.texts_for("alice").empty());
  story.quit("alice");
  story.join("alice");
  story.track("alice", "nyc");
  story.online("alice");
  story.post_nyc(1);
  CHECK(story.texts_for("alice") == Texts{"nyc 1"});
}

}  // namespace
