// How a delivery reads, and what its stanza carries.
#include "gateway/xmpp/delivery_stanza.h"

#include <catch2/catch.hpp>

#include "there.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

TEST_CASE("a delivery says who wrote what and why it comes") {
  wire::Item item = World::post(5, "alice", "hello <all>");
  wire::Recipient recipient;
  recipient.set_class_(wire::FOLLOW);
  CHECK(delivery_body(item, recipient) == "alice: hello <all> (#5)");
  recipient.set_class_(wire::TRACK);
  recipient.set_phrase("hello all");
  CHECK(delivery_body(item, recipient) == "[hello all] alice: hello <all> (#5)");
  recipient.set_class_(wire::DIRECT);
  recipient.clear_phrase();
  CHECK(delivery_body(item, recipient) == "(direct) alice: hello <all>");
  item.set_nudge(true);
  item.set_text("Are you there?");
  CHECK(delivery_body(item, recipient) == "alice nudges you. Are you there?");
}

TEST_CASE("a reply says whom it answers, a repost who passed it on") {
  wire::Item item = World::post(5, "alice", "so true");
  item.set_in_reply_to(3);
  item.set_reply_to("bob");
  wire::Recipient recipient;
  recipient.set_class_(wire::FOLLOW);
  CHECK(delivery_body(item, recipient) == "alice → bob: so true (#5)");
  recipient.set_class_(wire::REPLY);
  CHECK(delivery_body(item, recipient) == "alice → you: so true (#5)");
  item.set_text("@bob so true");
  CHECK(delivery_body(item, recipient) == "alice: @bob so true (#5)");
  wire::Item repost = World::post(9, "alice", "tea");
  repost.set_repost_of(7);
  repost.set_reposter("carol");
  recipient.set_class_(wire::FOLLOW);
  CHECK(delivery_body(repost, recipient) == "carol reposts alice: tea (#7)");
}

TEST_CASE("a delivery is marked as plain text, and as an answer where it is one") {
  World world;
  world.up();
  world.presence(kBob);
  wire::Item item = World::post(5, "alice", "so *true*");
  item.set_in_reply_to(3);
  world.deliver(item, {kBare}, wire::REPLY);
  CHECK_THAT(world.to(kBare), Contains("urn:xmpp:styling:0") &&
                                  Contains("<reply xmlns='urn:xmpp:reply:0'") &&
                                  Contains("id='p3'"));
}

TEST_CASE("what becomes of a post names it, and has an id of its own") {
  wire::Item item = World::post(9, "alice", "hello, all");
  item.set_changes(5);
  wire::Recipient recipient;
  recipient.set_address(kBare);
  recipient.set_class_(wire::TRACK);
  recipient.set_phrase("hello");
  std::string corrected;
  render_delivery(corrected, World::small_settings(), item, recipient);
  CHECK_THAT(corrected, Contains("id='p9'") &&
                            Contains("<body>[hello] alice: hello, all (#5)</body>") &&
                            Contains("<replace xmlns='urn:xmpp:message-correct:0' id='p5'/>"));
  item.clear_text();
  item.set_retracted(true);
  std::string gone;
  render_delivery(gone, World::small_settings(), item, recipient);
  CHECK_THAT(gone, Contains("<body>alice has taken back an earlier post.</body>") &&
                       Contains("<retract xmlns='urn:xmpp:message-retract:1' id='p5'/>") &&
                       Contains("<fallback xmlns='urn:xmpp:fallback:0' "
                                "for='urn:xmpp:message-retract:1'/>") &&
                       !Contains("<replace"));
}

TEST_CASE("ids come back") {
  CHECK(parse_delivery_id("p17") == 17);
  for (const char* id : {"", "p", "17", "p0", "p-1", "p1x", "p99999999999999999999999", "P1"}) {
    CHECK_FALSE(parse_delivery_id(id));
  }
}

}  // namespace
}  // namespace gateway::xmpp
