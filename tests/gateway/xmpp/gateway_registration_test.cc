// Stories of people whose clients register in band (XEP-0077), and of who may join at all.
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

using Catch::Contains;
using test::Element;

constexpr auto kBob = "bob@example.org/phone";
constexpr auto kBare = "bob@example.org";

Stanza get() {
  return World::iq(kBob, "get", "jabber:iq:register", "", "im.example.org");
}

Stanza set(std::string name, std::string value) {
  Stanza iq = World::iq(kBob, "set", "jabber:iq:register", "", "im.example.org");
  iq.form = FilledForm{.cancelled = false, .fields = {{std::move(name), {std::move(value)}}}};
  return iq;
}

Stanza remove() {
  Stanza iq = World::iq(kBob, "set", "jabber:iq:register", "", "im.example.org");
  iq.unregisters = true;
  return iq;
}

Element query_of(World& world) {
  const auto stanzas = test::parse_stanzas(world.to(kBob));
  REQUIRE(stanzas);
  REQUIRE(stanzas->size() == 1);
  REQUIRE(stanzas->front().attribute("type") == "result");
  REQUIRE(stanzas->front().child("query"));
  return *stanzas->front().child("query");
}

TEST_CASE("a stranger gets a form to register with, in both ways") {
  World world;
  world.up();
  world.gets(get());
  const Element query = query_of(world);
  CHECK(query.child("nick"));
  CHECK_FALSE(query.child("registered"));
  REQUIRE(query.child("x"));
  CHECK(query.child("x")->child("field")->attribute("var") == "FORM_TYPE");
  CHECK(query.child("x")->child("field")->child("value")->text == "jabber:iq:register");
}

TEST_CASE("registering is joining") {
  for (const char* field : {"nick", "username"}) {
    World world;
    world.up();
    world.gets(set(field, "bob"));
    CHECK(world.members[kBare] == "bob");
    CHECK_THAT(world.to(kBob), Contains("type='result'") && Contains("q1"));
    CHECK_THAT(world.to(kBare), Contains("Welcome, bob") && Contains("type='subscribe'"));
    world.clear();
    world.gets(get());
    const Element query = query_of(world);
    CHECK(query.child("registered"));
    CHECK(query.child("nick")->text == "bob");
  }
}

TEST_CASE("a name that cannot be had is an error of its kind") {
  World world;
  world.up();
  world.members["eve@example.org"] = "eve";
  world.gets(set("nick", "no nick"));
  CHECK_THAT(world.to(kBob), Contains("not-acceptable") && Contains("The name you want"));
  world.clear();
  world.gets(set("nick", ""));
  CHECK_THAT(world.to(kBob), Contains("not-acceptable") && Contains("is missing"));
  world.clear();
  world.gets(set("nick", "eve"));
  CHECK_THAT(world.to(kBob), Contains("conflict") && Contains("taken"));
  CHECK(world.members.size() == 1);
}

TEST_CASE("registering once more under another nick changes it") {
  World world;
  world.up();
  world.members[kBare] = "bob";
  world.gets(get());
  CHECK(query_of(world).child("x"));
  for (const char* field : {"nick", "username"}) {
    world.clear();
    world.gets(set(field, field));
    CHECK(world.members[kBare] == field);
    CHECK_THAT(world.to(kBob), Contains("type='result'"));
    CHECK_THAT(world.to(kBare), Contains(std::string("You are ") + field + " here from now on"));
  }
  world.clear();
  world.refuse_with.set_code(wire::RATE_LIMITED);
  world.refuse_with.set_retry_after_ms(86'400'000);
  world.gets(set("nick", "robert"));
  CHECK_THAT(world.to(kBob), Contains("resource-constraint") && Contains("type='wait'"));
}

TEST_CASE("removing the registration is quitting") {
  World world;
  world.up();
  world.gets(remove());
  CHECK_THAT(world.to(kBob), Contains("registration-required"));
  world.members[kBare] = "bob";
  world.clear();
  world.gets(remove());
  CHECK_THAT(world.to(kBob), Contains("type='result'"));
  CHECK(world.members.empty());
  Stanza both = remove();
  both.form = FilledForm{.cancelled = false, .fields = {{"nick", {"bob"}}}};
  world.clear();
  world.gets(both);
  CHECK_THAT(world.to(kBob), Contains("bad-request"));
}

TEST_CASE("a registration that is cancelled does nothing, and nobody registers with a contact") {
  World world;
  world.up();
  Stanza cancelled = set("nick", "bob");
  cancelled.form->cancelled = true;
  world.gets(cancelled);
  CHECK_THAT(world.to(kBob), Contains("type='result'"));
  Stanza lost = set("nick", "bob");
  lost.to = *Jid::parse("alice@im.example.org");
  world.clear();
  world.gets(lost);
  CHECK_THAT(world.to(kBob), Contains("service-unavailable"));
  CHECK(world.members.empty());
}

TEST_CASE("with the bridge away, registering is told to wait") {
  World world;
  world.up();
  world.bridge_down();
  world.clear();
  for (const Stanza& iq : {get(), set("nick", "bob"), remove()}) {
    world.gets(iq);
    CHECK_THAT(world.to(kBob), Contains("remote-server-timeout") && Contains("type='wait'"));
    world.clear();
  }
}

TEST_CASE("while registration is closed nobody joins, whichever way they try") {
  Settings settings = World::small_settings();
  settings.registration.open = false;
  World world(settings);
  world.up();
  world.gets(get());
  CHECK_THAT(world.to(kBob), Contains("not-allowed") && Contains("Nobody new"));
  world.clear();
  world.gets(set("nick", "bob"));
  CHECK_THAT(world.to(kBob), Contains("not-allowed"));
  world.clear();
  world.says(kBob, "join bob");
  CHECK_THAT(world.to(kBob), Contains("<body>Nobody new is taken in here at present.</body>"));
  for (const auto& request : world.requests) CHECK_FALSE(request.has_join());

  world.gateway.set_registration({});
  world.says(kBob, "join bob");
  CHECK(world.members.size() == 1);
}

TEST_CASE("what operators say of registration comes before the file, and a move is no joining") {
  Settings settings = World::small_settings();
  settings.registration.open = false;
  World world(settings);
  world.up();
  const auto decide = [&](wire::Registration to) {
    wire::Batch batch;
    batch.mutable_house()->set_registration(to);
    world.peer().deliver(batch);
    world.turn();
  };
  decide(wire::CLOSED);  // the bridge knows members from newcomers
  world.says(kBob, "join bob");
  CHECK(world.requests.back().has_join());
  decide(wire::AS_CONFIGURED);
  world.clear();
  world.says("carol@example.org/1", "join carol");
  CHECK_THAT(world.out(), Contains("Nobody new"));
  world.offers["bob@example.net"] = kBare;
  world.says("bob@example.net/1", "link bob");
  CHECK(world.members.contains("bob@example.net"));
}

TEST_CASE("only people of the domains that are named may join") {
  Settings settings = World::small_settings();
  settings.registration.domains = {"example.net", "example.org"};
  World world(settings);
  world.up();
  world.says("eve@example.com/phone", "join eve");
  CHECK_THAT(world.to("eve@example.com/phone"), Contains("Nobody of example.com"));
  world.says("eve@sub.example.org/phone", "join eve");
  CHECK(world.members.empty());
  Stanza iq = set("nick", "eve");
  iq.from = *Jid::parse("eve@example.com/phone");
  world.clear();
  world.gets(iq);
  CHECK_THAT(world.to("eve@example.com/phone"), Contains("forbidden"));
  world.says(kBob, "join bob");
  CHECK(world.members.size() == 1);
}

TEST_CASE("so many of one domain join at a time, and no others are held up") {
  Settings settings = World::small_settings();
  settings.registration.newcomers = policy("2/20s");
  World world(settings);
  world.up();
  world.says("a@example.org/1", "join a");
  world.says("b@example.org/1", "join b");
  world.clear();
  world.gets(set("nick", "bob"));
  CHECK_THAT(world.to(kBob), Contains("resource-constraint") && Contains("type='wait'") &&
                                 Contains("Try again in"));
  world.says(kBob, "join bob", "m5");
  CHECK_THAT(world.to(kBob), Contains("m5") && Contains("type='wait'"));
  world.says("c@example.net/1", "join c");
  CHECK(world.members.size() == 3);
  for (int second = 0; second < 11; ++second) {
    world.pass(std::chrono::seconds(1));
    world.turn();
  }
  world.says(kBob, "join bob");
  CHECK(world.members.size() == 4);
}

}  // namespace
}  // namespace gateway::xmpp
