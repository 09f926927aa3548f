// Stories of accounts as contacts: what a client learns about alice@our domain.
#include <catch2/catch.hpp>
#include <string>

#include "gateway/xmpp/avatar.h"
#include "gateway/xmpp/digest.h"
#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;
using test::Element;

constexpr auto kBob = "bob@example.org/phone";
constexpr auto kAlice = "alice@im.example.org";

Stanza ask_for_card(std::string_view of = kAlice) {
  return World::iq(kBob, "get", "vcard-temp", "", of);
}

Element only(const World& world) {
  const auto stanzas = test::parse_stanzas(world.to(kBob));
  REQUIRE(stanzas);
  REQUIRE(stanzas->size() == 1);
  return stanzas->front();
}

TEST_CASE("a contact's card is who they are, with a picture of their own") {
  World world;
  world.up();
  world.members["bob@example.org"] = "bob";
  world.gets(ask_for_card());
  CHECK(world.requests.back().whois().nick() == "alice");
  CHECK(world.requests.back().actor().address() == "bob@example.org");
  const Element answer = only(world);
  const Element& card = *answer.child("vCard");
  CHECK(card.child("FN")->text == "Alice");
  CHECK_THAT(card.child("DESC")->text, Contains("Alice: here since") && Contains("3 posts"));
  CHECK(card.child("PHOTO")->child("BINVAL")->text == base64(avatar_of("alice").png));
}

TEST_CASE("the hash of the picture is in the presence of contacts and of the bot") {
  World world;
  world.up();
  world.members["bob@example.org"] = "bob";
  for (const char* whom : {kAlice, "lapwing@im.example.org"}) {
    world.clear();
    world.presence(kBob, "probe", "", 0, whom);
    const Element presence = only(world);
    CHECK(presence.child("x")->child("photo")->text ==
          avatar_of(std::string(whom).substr(0, std::string(whom).find('@'))).id);
  }
}

TEST_CASE("the service has a card, for strangers too") {
  for (const char* of : {"lapwing@im.example.org", "im.example.org"}) {
    World world;
    world.up();
    world.gets(ask_for_card(of));
    const Element answer = only(world);
    CHECK(answer.child("vCard")->child("FN")->text == "Lapwing");
    CHECK(answer.child("vCard")->child("PHOTO")->child("BINVAL")->text ==
          base64(avatar_of("lapwing").png));
  }
}

TEST_CASE("there is no card of nobody, for strangers, or of who blocks who asks") {
  World world;
  world.up();
  world.gets(ask_for_card());
  CHECK_THAT(world.to(kBob), Contains("registration-required"));
  world.members["bob@example.org"] = "bob";
  world.clear();
  world.gets(ask_for_card("nobody@im.example.org"));
  CHECK_THAT(world.to(kBob), Contains("item-not-found"));
  world.clear();
  world.gets(ask_for_card("no.nick@im.example.org"));
  CHECK_THAT(world.to(kBob), Contains("item-not-found"));
  world.refuse_with.set_code(wire::FORBIDDEN);
  world.clear();
  world.gets(ask_for_card());
  CHECK_THAT(world.to(kBob), Contains("forbidden"));
}

TEST_CASE("a client that asks for the cards of all contacts takes nothing from the commands") {
  Settings settings = World::small_settings();
  settings.limits.person = policy("1/1h");
  World world(settings);
  world.up();
  world.members["bob@example.org"] = "bob";
  for (int i = 0; i < 50; ++i) world.gets(ask_for_card());
  world.clear();
  world.says(kBob, "stats");
  CHECK_THAT(world.to(kBob), Contains("You are bob."));
}

TEST_CASE("a contact says that it is an account, and what it can do") {
  World world;
  world.up();
  world.gets(World::iq(kBob, "get", "http://jabber.org/protocol/disco#info", "", kAlice));
  const Element answer = only(world);
  const Element& info = *answer.child("query");
  CHECK(info.child("identity")->attribute("category") == "account");
  CHECK_THAT(world.out(), Contains("vcard-temp") && !Contains("jabber:iq:register") &&
                              !Contains("protocol/commands"));
}

TEST_CASE("who asks for a place in somebody's list says what to be called there") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  CHECK_THAT(world.to("bob@example.org"),
             Contains("type='subscribe'><nick xmlns='http://jabber.org/protocol/nick'>Lapwing<"));
  world.clear();
  world.presence(kBob, "subscribe", "", 0, kAlice);
  const std::string approval = world.to("bob@example.org");
  CHECK_THAT(approval,
             Contains("type='subscribed'><nick xmlns='http://jabber.org/protocol/nick'>Alice<"));
  // What comes often has none.
  CHECK(approval.find("<nick") == approval.rfind("<nick"));
}

TEST_CASE("every address of ours tells the time, in UTC") {
  Settings settings = World::small_settings();
  settings.wall_clock = [] { return bridge::base::WallMs{1'166'549'915'678}; };
  for (const char* of : {"lapwing@im.example.org", "im.example.org", kAlice}) {
    World world(settings);
    world.up();
    world.gets(World::iq(kBob, "get", "urn:xmpp:time", "", of));
    const Element answer = only(world);
    CHECK(answer.attribute("type") == "result");
    CHECK(answer.child("time")->child("tzo")->text == "+00:00");
    CHECK(answer.child("time")->child("utc")->text == "2006-12-19T17:38:35.678Z");
  }
}

}  // namespace
}  // namespace gateway::xmpp
