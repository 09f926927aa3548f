// Stories of deliveries: the window, the barriers, the acknowledgements, and every kind of break.
#include <catch2/catch.hpp>

#include "there.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

TEST_CASE("a delivery that waited says since when, a live one does not") {
  There world;
  wire::Item item = World::post(5, "alice", "hello");
  auto& late = *item.add_recipients();
  late.set_address(kBare);
  late.set_late(true);
  wire::Batch batch;
  *batch.add_items() = item;
  world.peer().deliver(batch);
  world.turn();
  CHECK_THAT(world.out(), Contains("urn:xmpp:delay") && Contains("2023-11-14T22:13:20"));
  world.clear();
  world.deliver(World::post(6, "alice", "hello"), {kBare});
  CHECK_THAT(world.out(), !Contains("urn:xmpp:delay"));
}

TEST_CASE("the barrier's answer returns exactly the credit that was used") {
  Settings settings = World::small_settings();
  settings.window.deliveries = 3;
  There world(settings);
  for (std::uint64_t id = 1; id <= 7; ++id) world.deliver(World::post(id, "alice", "x"), {kBare});
  CHECK(world.count("<message ") == 3);  // all that was granted
  CHECK(world.peer().waiting() == 4);
  for (int i = 0; i < 10; ++i) world.server_takes();
  CHECK(world.count("<message ") == 7);
  CHECK(world.peer().acknowledged() == 7);
  // Everything is back: the same number fits again, and not one more.
  world.clear();
  for (std::uint64_t id = 11; id <= 17; ++id) world.deliver(World::post(id, "alice", "x"), {kBare});
  CHECK(world.count("<message ") == 3);
}

TEST_CASE("at most so many barriers are unanswered; what comes meanwhile goes together") {
  Settings settings = World::small_settings();
  settings.window.barriers = 2;
  There world(settings);
  for (std::uint64_t id = 1; id <= 9; ++id) world.deliver(World::post(id, "alice", "x"), {kBare});
  CHECK(world.component.barriers.size() == 2);
  CHECK(world.count("<message ") == 2);
  world.server_takes();
  CHECK(world.count("<message ") == 9);  // the other seven in one go
  CHECK(world.component.sent.size() == 3);
  CHECK(world.component.barriers.size() == 2);
  CHECK(world.peer().acknowledged() == 1);
  world.server_takes(2);
  CHECK(world.peer().acknowledged() == 9);
}

TEST_CASE("a send is no longer than it may be, and the bytes on the way are bounded") {
  Settings settings = World::small_settings();
  settings.window.send_bytes = 2000;
  settings.window.in_flight_bytes = 4000;
  settings.window.barriers = 64;
  There world(settings);
  wire::Batch batch;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    wire::Item item = World::post(id, "alice", "a text of some length that goes to bob");
    item.add_recipients()->set_address(kBare);
    *batch.add_items() = item;
  }
  world.peer().deliver(batch);
  world.turn();
  while (!world.component.barriers.empty()) {
    CHECK(world.gateway.deliveries().bytes_in_flight() <= 4000);
    CHECK(world.peer().acknowledged() == 0);  // one batch: only its end acknowledges it
    world.server_takes();
  }
  for (const std::string& sent : world.component.sent) CHECK(sent.size() <= 2000);
  CHECK(world.count("<message ") == 100);
  CHECK(world.peer().acknowledged() == 1);
}

TEST_CASE("a stanza longer than a send may be goes out alone") {
  Settings settings = World::small_settings();
  settings.window.send_bytes = 1000;
  There world(settings);
  world.deliver(World::post(1, "alice", std::string(5000, 'x')), {kBare});
  CHECK(world.count("<message ") == 1);
  world.server_takes(2);
  CHECK(world.peer().acknowledged() == 1);
}

TEST_CASE("after a break of the stream, what was not confirmed is sent again with the same ids") {
  There world;
  world.deliver(World::post(1, "alice", "one"), {kBare});
  world.deliver(World::post(2, "alice", "two"), {kBare});
  world.server_takes(1);
  world.clear();
  world.xmpp_down();
  CHECK_FALSE(world.available(kBare));
  CHECK(world.out().empty());
  world.xmpp_up();
  CHECK(world.count("p1'") + world.count("p1\"") == 0);
  CHECK_THAT(world.to(kBare), Contains("alice: two") && Contains("p2"));
  CHECK(world.peer().acknowledged() == 1);
  world.server_takes();
  CHECK(world.peer().acknowledged() == 2);
}

TEST_CASE(
    "after a break of the bridge session nothing is sent twice by us: the bridge repeats it") {
  There world;
  world.deliver(World::post(1, "alice", "one"), {kBare});  // on the way, barrier unanswered
  world.component.full = true;
  world.deliver(World::post(2, "alice", "two"), {kBare});  // waits here
  world.bridge_down();
  world.component.full = false;
  world.clear();
  world.turn();
  CHECK(world.out().empty());  // dropped: it is still owed over there
  world.server_takes();        // late answer for the lost session: nobody is told
  world.bridge_up();
  CHECK(world.available(kBare));
  CHECK(world.count("alice: one") == 1);
  CHECK(world.count("alice: two") == 1);
  world.server_takes(2);
  CHECK(world.peer().acknowledged() == 2);
}

TEST_CASE("a delivery for somebody who has just gone is given back, not sent") {
  There world;
  world.presence(kBob, "unavailable");
  world.clear();
  world.deliver(World::post(9, "alice", "hello"), {kBare});
  CHECK(world.out().empty());
  REQUIRE(world.peer().heard().nacks.size() == 1);
  CHECK(world.peer().heard().nacks[0].id() == 9);
  CHECK(world.peer().heard().nacks[0].reason() == wire::Nack::OFFLINE);
  CHECK(world.peer().heard().nacks[0].unsent());
  CHECK(world.peer().acknowledged() == 1);
}

TEST_CASE("a batch of which nobody is there is acknowledged after what is before it") {
  There world;
  world.deliver(World::post(1, "alice", "hello"), {kBare});
  world.deliver(World::post(2, "alice", "hello"), {"gone@example.org"});
  CHECK(world.peer().acknowledged() == 0);
  world.server_takes();
  CHECK(world.peer().acknowledged() == 2);
}

TEST_CASE("a batch that ends in somebody who is gone ends with the stanza before") {
  Settings settings = World::small_settings();
  settings.window.send_bytes = 1000;
  There world(settings);
  wire::Batch batch;
  *batch.add_items() = World::post(1, "alice", std::string(5000, 'x'));
  batch.mutable_items(0)->add_recipients()->set_address(kBare);
  batch.mutable_items(0)->add_recipients()->set_address("gone@example.org");
  world.peer().deliver(batch);
  world.turn();
  world.server_takes();
  CHECK(world.peer().acknowledged() == 1);
  world.xmpp_down();
  world.xmpp_up();
  CHECK(world.count("<message ") == 1);
}

TEST_CASE("a delivery that bounces is owed again, and its person away until seen") {
  struct Bounce {
    const char* condition;
    const char* type;
    wire::Nack::Reason reason;
  };
  const Bounce bounce =
      GENERATE(Bounce{"service-unavailable", "cancel", wire::Nack::OFFLINE},
               Bounce{"recipient-unavailable", "wait", wire::Nack::OFFLINE},
               Bounce{"item-not-found", "cancel", wire::Nack::BOUNCED},
               Bounce{"gone", "modify", wire::Nack::BOUNCED},
               Bounce{"remote-server-not-found", "cancel", wire::Nack::UNREACHABLE},
               Bounce{"remote-server-timeout", "wait", wire::Nack::UNREACHABLE},
               Bounce{"", "", wire::Nack::BOUNCED});
  There world;
  world.deliver(World::post(9, "alice", "hello"), {kBare});
  Stanza error;
  error.from = *Jid::parse(kBare);
  error.to = *Jid::parse("lapwing@im.example.org");
  error.type = "error";
  error.id = "p9";
  error.error_condition = bounce.condition;
  error.error_type = bounce.type;
  world.clear();
  world.gets(error);
  REQUIRE(world.peer().heard().nacks.size() == 1);
  CHECK(world.peer().heard().nacks[0].reason() == bounce.reason);
  CHECK_FALSE(world.peer().heard().nacks[0].unsent());
  CHECK(world.peer().heard().nacks[0].address() == kBare);
  CHECK_FALSE(world.available(kBare));
  CHECK(world.out().empty());  // an error is never answered
  world.presence(kBob);
  CHECK(world.available(kBare));
}

TEST_CASE("an error about anything else is nothing") {
  There world;
  Stanza error;
  error.from = *Jid::parse(kBare);
  error.to = *Jid::parse("lapwing@im.example.org");
  error.type = "error";
  for (const char* id : {"", "x", "p", "pp1", "m1"}) {
    error.id = id;
    world.gets(error);
  }
  CHECK(world.peer().heard().nacks.empty());
  CHECK(world.available(kBare));
  CHECK(world.out().empty());
}

TEST_CASE("a client's receipt goes to the bridge, and only for deliveries") {
  There world;
  Stanza stanza;
  stanza.from = *Jid::parse(kBob);
  stanza.to = *Jid::parse("lapwing@im.example.org");
  stanza.receipt_for = "p42";
  world.gets(stanza);
  stanza.receipt_for = "other";
  world.gets(stanza);
  REQUIRE(world.peer().heard().receipts.size() == 1);
  CHECK(world.peer().heard().receipts[0].id() == 42);
  CHECK(world.peer().heard().receipts[0].address() == kBare);
  wire::Batch batch;
  batch.mutable_house()->add_banned(stanza.from.domain);
  world.peer().deliver(batch);
  world.turn();
  world.clear();
  stanza.receipt_for = "p43";
  world.gets(stanza);
  REQUIRE(world.peer().heard().receipts.size() == 2);  // also of somebody who is banned since
  CHECK(world.out().empty());
  CHECK(world.out().empty());
}

// A batch of 20 deliveries that takes several sends; the server has taken the first of them.
struct HalfABatch : There {
  static Settings settings() {
    Settings settings = World::small_settings();
    settings.window.send_bytes = 1000;
    settings.window.barriers = 1;
    return settings;
  }
  HalfABatch() : There(settings()) {
    wire::Batch batch;
    for (std::uint64_t id = 1; id <= 20; ++id) {
      wire::Item item = World::post(id, "alice", "a text of some length that goes to bob");
      item.add_recipients()->set_address(kBare);
      *batch.add_items() = std::move(item);
    }
    peer().deliver(std::move(batch));
    turn();
    server_takes();
    clear();
  }
};

TEST_CASE("a server that dies in the middle of a batch is sent all of it again") {
  HalfABatch world;
  REQUIRE(world.peer().acknowledged() == 0);
  world.xmpp_down();
  world.xmpp_up();
  for (int i = 0; i < 30; ++i) world.server_takes();
  for (std::uint64_t id = 1; id <= 20; ++id)
    CHECK(world.count("id='p" + std::to_string(id) + "'") == 1);
  CHECK(world.peer().acknowledged() == 1);
  world.xmpp_down();
  world.clear();
  world.xmpp_up();
  CHECK(world.count("<message ") == 0);
}

TEST_CASE("what the bridge has heard of is not sent again with what it has not") {
  HalfABatch world;
  for (int i = 0; i < 3; ++i) {
    world.xmpp_down();
    world.clear();
    world.xmpp_up();
    CHECK(world.count("id='p1'") == 1);
    world.server_takes();
  }
  // The next batch waits behind that one.
  world.presence(kBob);
  wire::Batch next;
  for (std::uint64_t id = 21; id <= 40; ++id) {
    wire::Item item = World::post(id, "alice", "x");
    item.add_recipients()->set_address(kBare);
    *next.add_items() = std::move(item);
  }
  world.peer().deliver(std::move(next));
  world.turn();
  while (world.peer().acknowledged() == 0) world.server_takes();
  for (int i = 0; i < 2; ++i) {
    world.xmpp_down();
    world.clear();
    world.xmpp_up();
    for (int n = 0; n < 3; ++n) world.server_takes();
    CHECK(world.count("id='p20'") == 0);
    CHECK(world.count("id='p21'") == 1);
  }
}

TEST_CASE("what the server took of a batch is forgotten with the session of the bridge") {
  HalfABatch world;
  world.bridge_down();
  world.xmpp_down();
  world.xmpp_up();
  CHECK(world.count("<message ") == 0);
}

TEST_CASE("clients are asked to confirm, the bridge knows, and hears when the server is lost") {
  const bool asks = GENERATE(true, false);
  Settings settings = World::small_settings();
  settings.request_receipts = asks;
  World world(settings);
  world.up();
  world.presence(kBob);
  world.deliver(World::post(1, "alice", "hello"), {kBare});
  CHECK((world.out().find("<request xmlns='urn:xmpp:receipts'/>") != std::string::npos) == asks);
  REQUIRE(world.peer().heard().presence.size() == 1);
  CHECK(world.peer().heard().presence[0].receipts() == asks);
  CHECK(world.peer().heard().servers_lost == 0);
  world.xmpp_down();
  CHECK(world.peer().heard().servers_lost == 1);
  CHECK_FALSE(world.peer().heard().presence.back().available());
}

TEST_CASE("a barrier that could not be asked is asked later") {
  There world;
  world.component.no_barriers = true;
  world.deliver(World::post(1, "alice", "hello"), {kBare});
  world.deliver(World::post(2, "alice", "hello"), {kBare});
  CHECK(world.count("<message ") == 1);
  world.component.no_barriers = false;
  world.turn();
  CHECK(world.count("<message ") == 2);
  world.server_takes(2);
  CHECK(world.peer().acknowledged() == 2);
}

TEST_CASE("at the end, what is on the way is confirmed and nothing new is taken") {
  There world;
  world.deliver(World::post(1, "alice", "one"), {kBare});
  world.gateway.close();
  world.turn();
  CHECK_FALSE(world.available(kBare));
  CHECK_FALSE(world.gateway.idle());
  world.presence(kBob);
  world.deliver(World::post(2, "alice", "two"), {kBare});
  CHECK(world.count("alice: two") == 0);
  world.server_takes();
  CHECK(world.gateway.idle());
  CHECK(world.peer().heard().nacks.size() == 1);  // the second is owed again
}

TEST_CASE("answers to commands do not wait for deliveries") {
  There world;
  for (std::uint64_t id = 1; id <= 200; ++id) {
    world.deliver(World::post(id, "alice", std::string(1000, 'x')), {kBare});
  }
  CHECK(world.gateway.deliveries().groups_waiting() > 0);
  world.clear();
  world.says(kBob, "help");
  CHECK_THAT(world.to(kBob), Contains("track PHRASE"));
}

}  // namespace
}  // namespace gateway::xmpp
