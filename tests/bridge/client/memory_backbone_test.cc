#include "bridge/client/memory_backbone.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/bridge/client/recorder.h"

namespace bridge::client {

using namespace std::chrono_literals;
using testing::batch;
using testing::Recorder;
using testing::whois;
using Events = std::vector<std::string>;

namespace {

wire::Reply echo(const wire::Request& request) {
  wire::Reply reply;
  reply.mutable_profile()->set_nick(request.whois().nick());
  return reply;
}

struct Story {
  Recorder recorder;
  MemoryBackbone backbone{recorder, echo};
  base::Time now = base::Time{} + 1h;

  void turn(std::chrono::milliseconds after = 1ms) {
    now += after;
    backbone.turn(now);
  }
};

}  // namespace

TEST_CASE("In memory: it connects, asks and hears") {
  Story story;
  story.turn();
  REQUIRE(story.backbone.connected());
  const RequestId id = story.backbone.ask(whois("bob"), story.now);
  story.turn();
  CHECK(story.recorder.replies.at(id)[0].profile().nick() == "bob");
}

TEST_CASE("In memory: deliveries wait for credit, in deliveries and in bytes") {
  Story story;
  story.turn();
  story.backbone.peer().deliver(batch(1, 2));
  story.backbone.peer().deliver(batch(2, 2));
  story.turn();
  CHECK(story.recorder.batches.empty());

  const std::uint64_t bytes = wire::cost_of(batch(1, 2)).bytes;
  story.backbone.grant(3, 10 * bytes);
  story.turn();
  CHECK(story.recorder.batches.size() == 1);
  CHECK(story.backbone.peer().waiting() == 1);
  story.backbone.grant(1, 0);
  story.turn();
  CHECK(story.recorder.batches.size() == 2);

  story.backbone.peer().deliver(batch(3, 1));
  story.backbone.grant(100, 0);
  story.turn();
  CHECK(story.recorder.batches.size() == 3);
}

TEST_CASE("In memory: the byte credit alone holds a delivery back") {
  Story story;
  story.turn();
  story.backbone.peer().deliver(batch(1, 1));
  const std::uint64_t bytes = wire::cost_of(batch(1, 1)).bytes;
  story.backbone.grant(100, bytes - 1);
  story.turn();
  CHECK(story.recorder.batches.empty());
  story.backbone.grant(0, 1);
  story.turn();
  CHECK(story.recorder.batches.size() == 1);
}

TEST_CASE("In memory: what was not acknowledged comes again after a break, the rest does not") {
  Story story;
  story.recorder.when_connected = [&] { story.backbone.grant(100, 100'000); };
  story.turn();
  for (std::uint64_t id = 1; id <= 3; ++id) story.backbone.peer().deliver(batch(id));
  story.turn();
  story.backbone.ack(1);
  story.turn();
  CHECK(story.backbone.peer().acknowledged() == 1);

  story.backbone.break_link();
  const RequestId lost = story.backbone.ask(whois("bob"), story.now);
  story.turn(7s);
  CHECK_FALSE(story.backbone.connected());
  CHECK(story.recorder.answer(lost) == wire::UNAVAILABLE);

  story.backbone.mend_link();
  story.turn(10s);
  REQUIRE(story.backbone.connected());
  story.backbone.ack(3);  // of the old session
  story.turn();
  CHECK(story.backbone.peer().acknowledged() == 1);
  REQUIRE(story.recorder.batches.size() == 5);
  CHECK(story.recorder.batches[3].first == 4);
  CHECK(story.recorder.batches[3].second.items(0).id() == 2);
  CHECK(story.recorder.batches[4].second.items(0).id() == 3);
  story.backbone.ack(5);
  story.turn();
  CHECK(story.backbone.peer().acknowledged() == 3);
}

TEST_CASE("In memory: a bridge that restarts is greeted again as soon as it is spoken to") {
  Story story;
  story.turn();
  for (int i = 0; i < 5; ++i) story.turn(2s);
  story.backbone.peer().forget_session();
  story.recorder.take_events();
  story.turn(2s);
  CHECK(story.recorder.events == Events{"lost", "connected"});
  CHECK(story.backbone.peer().heard().hellos == 2);
}

TEST_CASE("In memory: held replies come when they are let go") {
  Story story;
  story.turn();
  story.backbone.peer().hold_replies(true);
  const RequestId id = story.backbone.ask(whois("bob"), story.now);
  story.turn();
  CHECK_FALSE(story.recorder.answered(id));
  story.backbone.peer().hold_replies(false);
  story.turn();
  CHECK(story.recorder.answer(id) == wire::OK);
}

TEST_CASE("In memory: the peer hears presence, bounces and receipts") {
  Story story;
  story.turn();
  wire::Presence presence;
  presence.add_changes()->set_address("a@x");
  story.backbone.presence(presence);
  wire::Nack nack;
  nack.set_id(7);
  story.backbone.nack(nack);
  wire::Receipt receipt;
  receipt.set_id(8);
  story.backbone.receipt(receipt);
  story.turn();
  CHECK(story.backbone.peer().heard().presence.size() == 1);
  CHECK(story.backbone.peer().heard().nacks.at(0).id() == 7);
  CHECK(story.backbone.peer().heard().receipts.at(0).id() == 8);
}

// Breaks, grants, acknowledgements and silence in any order: every batch arrives, in order within
// its session; none is seen again once it was acknowledged and the peer knew.
TEST_CASE("In memory: whatever happens, nothing is lost and every request is answered once") {
  CHECK(rc::check([] {
    Story story;
    story.recorder.when_connected = [&] { story.backbone.grant(4, 4000); };
    std::uint64_t delivered = 0;
    std::vector<RequestId> asked;
    std::uint64_t acknowledged_id = 0;  // of posts: the peer knew it before the batch came
    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 8));
    for (const int step : steps) {
      const std::size_t seen = story.recorder.batches.size();
      switch (step) {
        case 0:
          story.backbone.peer().deliver(batch(++delivered));
          break;
        case 1:
          story.backbone.grant(1, 1000);
          break;
        case 2:
          if (seen > 0) story.backbone.ack(story.recorder.batches.back().first);
          break;
        case 3:
          asked.push_back(story.backbone.ask(whois("bob"), story.now));
          break;
        case 4:
          story.backbone.break_link();
          break;
        case 5:
          story.backbone.mend_link();
          break;
        case 6:
          story.turn(4s);
          break;
        default:
          story.turn();
          break;
      }
      for (std::size_t i = seen; i < story.recorder.batches.size(); ++i) {
        RC_ASSERT(story.recorder.batches[i].second.items(0).id() > acknowledged_id);
      }
      acknowledged_id = story.backbone.peer().acknowledged();
    }
    story.backbone.mend_link();
    for (int i = 0; i < 200 && story.backbone.peer().acknowledged() < delivered; ++i) {
      story.turn(1s);
      story.backbone.grant(1, 1000);
      if (!story.recorder.batches.empty()) {
        story.backbone.ack(story.recorder.batches.back().first);
      }
    }
    story.turn(20s);
    story.turn();
    RC_ASSERT(story.backbone.peer().acknowledged() == delivered);
    for (const RequestId id : asked) RC_ASSERT(story.recorder.replies.at(id).size() == 1U);
    std::uint64_t last = 0;
    for (const auto& [sequence, _] : story.recorder.batches) RC_ASSERT(sequence == ++last);
  }));
}

}  // namespace bridge::client
