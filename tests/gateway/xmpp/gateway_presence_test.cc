// Stories of presence: who is there, contacts, probes, and what we say we are.
#include <catch2/catch.hpp>

#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

constexpr auto kBob = "bob@example.org/phone";
constexpr auto kLaptop = "bob@example.org/laptop";
constexpr auto kBare = "bob@example.org";
constexpr auto kAlice = "alice@im.example.org";

TEST_CASE("available means: some client with priority 0 or more that may be disturbed") {
  World world;
  world.up();
  CHECK_FALSE(world.available(kBare));
  world.presence(kBob, "", "dnd");
  CHECK_FALSE(world.available(kBare));
  world.presence(kLaptop, "", "away");
  CHECK(world.available(kBare));
  world.presence(kLaptop, "", "", -1);
  CHECK_FALSE(world.available(kBare));
  world.presence(kLaptop, "", "xa", 5);
  CHECK(world.available(kBare));
  world.presence(kLaptop, "unavailable");
  CHECK_FALSE(world.available(kBare));
  world.presence(kBob);
  CHECK(world.available(kBare));
}

TEST_CASE("the bridge hears changes only") {
  World world;
  world.up();
  world.presence(kBob);
  world.presence(kBob, "", "away");
  world.presence(kLaptop);
  world.presence(kLaptop, "unavailable");
  CHECK(world.peer().heard().presence.size() == 1);
}

TEST_CASE("leaving one of our addresses is not leaving the other") {
  World world;
  world.up();
  world.presence(kBob);
  world.presence(kBob, "", "", 0, "im.example.org");
  world.presence(kBob, "unavailable", "", 0, "im.example.org");
  CHECK(world.available(kBare));
  world.presence(kBare, "unavailable");
  CHECK_FALSE(world.available(kBare));
}

TEST_CASE("presence towards a contact says nothing about the person") {
  World world;
  world.up();
  world.presence(kBob, "", "", 0, kAlice);
  CHECK_FALSE(world.available(kBare));
  world.presence(kBob);
  world.presence(kBob, "unavailable", "", 0, kAlice);
  CHECK(world.available(kBare));
}

TEST_CASE("who cannot be reached is away; who only will not be seen may be there") {
  World world;
  world.up();
  Stanza error;
  error.name = Stanza::Name::kPresence;
  error.from = *Jid::parse(kBare);
  error.to = *Jid::parse("lapwing@im.example.org");
  error.type = "error";
  world.presence(kBob);  // directly: the probe after joining is refused
  error.error_condition = "forbidden";
  world.gets(error);
  world.presence(kBare, "unsubscribed");
  CHECK(world.available(kBare));
  error.error_condition = "remote-server-not-found";
  world.gets(error);
  CHECK_FALSE(world.available(kBare));
}

TEST_CASE("the handshake: accepted, shown, asked in return; and the parting") {
  World world;
  world.up();
  world.presence(kBare, "subscribe");
  const auto stanzas = test::parse_stanzas(world.to(kBare));
  REQUIRE(stanzas);
  REQUIRE(stanzas->size() == 3);
  CHECK((*stanzas)[0].attribute("type") == "subscribed");
  CHECK((*stanzas)[1].attribute("type").empty());
  CHECK((*stanzas)[2].attribute("type") == "subscribe");
  CHECK((*stanzas)[0].attribute("from") == "lapwing@im.example.org");
  world.clear();
  world.presence(kBare, "subscribed");
  CHECK_THAT(world.to(kBare), Contains("'probe'"));
  world.presence(kBob);
  world.clear();
  world.presence(kBare, "subscribed");
  CHECK(world.out().empty());
  world.presence(kBare, "unsubscribe");
  CHECK_THAT(world.to(kBare), Contains("unsubscribed") && Contains("unavailable"));
}

TEST_CASE("whom the bridge looks for is probed, and the batch is done") {
  World world;
  world.up();
  world.clear();
  wire::Batch batch;
  batch.add_look_for(kBare);
  world.peer().deliver(std::move(batch));
  world.turn();
  world.turn();
  CHECK_THAT(world.to(kBare), Contains("'probe'"));
  CHECK(world.peer().acknowledged() == 1);
  world.presence(kBob);
  CHECK(world.available(kBare));
}

TEST_CASE("presence and probes are answered with ours, once per client") {
  World world;
  world.up();
  world.clear();
  world.presence(kBob);
  CHECK_THAT(world.to(kBob), Contains("<presence") && Contains("http://jabber.org/protocol/caps"));
  world.clear();
  world.presence(kBob, "", "away");
  CHECK(world.out().empty());
  world.presence(kBare, "probe");
  CHECK_THAT(world.to(kBare), Contains("<presence"));
}

TEST_CASE("two services do not ask each other for ever") {
  World world;
  world.up();
  world.presence("bot@other.org");  // from no client
  world.clear();
  world.presence("bot@other.org", "subscribe");
  CHECK_THAT(world.out(), Contains("'subscribed'") && !Contains("'subscribe'"));
}

TEST_CASE("a flood of subscriptions is not echoed") {
  Settings settings = World::small_settings();
  settings.limits.queries = policy("1/10s burst 2");
  World world(settings);
  world.up();
  for (int i = 0; i < 10; ++i) world.presence(kBare, "subscribe");
  const auto stanzas = test::parse_stanzas(world.to(kBare));
  REQUIRE(stanzas);
  CHECK(stanzas->size() == 6);
}

TEST_CASE("a probe does not run after a request to subscribe, which the server would forget") {
  World world;
  world.up();
  world.presence(kBare, "subscribe");
  world.says(kBob, "join bob");
  CHECK_THAT(world.out(), Contains("'subscribe'") && !Contains("'probe'"));
}

// After a restart, say: they had not answered yet, or the request was lost.
struct Probe : World {
  Probe() {
    roster = {kBare};
    up();
    REQUIRE_THAT(to(kBare), Contains("'probe'"));
    clear();
  }
  void again() {
    xmpp_down();
    xmpp_up();
    REQUIRE_THAT(to(kBare), Contains("'probe'"));
    clear();
  }
};

TEST_CASE("who refuses a probe is asked to subscribe, once a day") {
  Probe world;
  world.presence(kBare, "unsubscribed");
  CHECK_THAT(world.to(kBare), Contains("'subscribe'"));
  world.clear();
  world.presence(kBare, "unsubscribed");  // their own answer
  CHECK(world.out().empty());
  world.again();
  world.presence(kBare, "unsubscribed");
  CHECK(world.out().empty());
  world.pass(std::chrono::hours(24));
  world.again();
  world.presence(kBare, "unsubscribed");
  CHECK_THAT(world.to(kBare), Contains("'subscribe'"));
}

TEST_CASE("a probe that is refused with an error is refused all the same") {
  Probe world;
  Stanza error;
  error.name = Stanza::Name::kPresence;
  error.from = *Jid::parse(kBare);
  error.to = *Jid::parse("lapwing@im.example.org");
  error.type = "error";
  error.error_condition = "forbidden";
  world.gets(error);
  CHECK_THAT(world.to(kBare), Contains("'subscribe'"));
}

TEST_CASE("who withdraws is not asked to subscribe again") {
  Probe world;
  world.presence("eve@example.org", "unsubscribed");
  CHECK(world.out().empty());
  world.presence(kBob);
  world.clear();
  world.presence(kBare, "unsubscribed");
  CHECK(world.out().empty());
  world.again();
  world.pass(std::chrono::minutes(1));
  world.presence(kBare, "unsubscribed");
  CHECK(world.out().empty());
}

TEST_CASE("adding a contact follows, removing it leaves") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.clear();
  world.presence(kBare, "subscribe", "", 0, kAlice);
  CHECK(world.requests.back().follow().nick() == "alice");
  CHECK_THAT(world.to(kBare), Contains("'subscribed'") && Contains("from='alice@im.example.org'"));
  world.clear();
  world.presence(kBare, "unsubscribe", "", 0, kAlice);
  CHECK(world.requests.back().leave().nick() == "alice");
  CHECK_THAT(world.to(kBare), Contains("unsubscribed"));
}

TEST_CASE("a contact that cannot be followed refuses and says why") {
  World world;
  world.up();
  world.presence(kBare, "subscribe", "", 0, kAlice);  // not joined
  CHECK_THAT(world.to(kBare), Contains("'unsubscribed'") && Contains("join NICK"));
  world.says(kBob, "join bob");
  world.clear();
  world.presence(kBare, "subscribe", "", 0, "nobody@im.example.org");
  CHECK_THAT(world.to(kBare), Contains("'unsubscribed'") && Contains("There is no nobody here."));
  world.clear();
  world.presence(kBare, "subscribe", "", 0, "not.a.nick@im.example.org");
  CHECK_THAT(world.to(kBare), Contains("'unsubscribed'"));
}

TEST_CASE("with the bridge away, following by contact is told to wait") {
  World world;
  world.up();
  world.bridge_down();
  world.clear();
  world.presence(kBare, "subscribe", "", 0, kAlice);
  CHECK_THAT(world.to(kBare), Contains("'error'") && Contains("wait"));
}

TEST_CASE("after a start, the bridge's people are probed, page by page and paced") {
  Settings settings = World::small_settings();
  settings.probes = policy("2/1s burst 2");
  World world(settings);
  world.roster = {"a@example.org", "b@example.org", "c@example.org"};
  world.up();
  CHECK(world.gateway.counters().probes == 2);
  CHECK_THAT(world.to("a@example.org"), Contains("'probe'"));
  CHECK(world.to("c@example.org").empty());
  world.pass(std::chrono::milliseconds(500));
  world.turn();
  CHECK_THAT(world.to("c@example.org"), Contains("'probe'"));
  world.pass(std::chrono::seconds(10));
  world.turn();
  CHECK(world.gateway.counters().probes == 3);
}

TEST_CASE("after a break of the stream everybody is unknown and probed again") {
  World world;
  world.roster = {kBare};
  world.up();
  world.presence(kBob);
  world.clear();
  world.xmpp_down();
  CHECK_FALSE(world.available(kBare));
  world.xmpp_up();
  CHECK_THAT(world.to(kBare), Contains("'probe'"));
  CHECK_FALSE(world.available(kBare));
  world.presence(kBob);
  CHECK(world.available(kBare));
}

TEST_CASE("a bridge that is back is told who is there, without probing anybody") {
  World world;
  world.roster = {kBare};
  world.up();
  world.presence(kBob);
  world.bridge_down();
  world.presence("eve@example.org/x");
  world.clear();
  world.bridge_up();
  CHECK(world.available(kBare));
  CHECK(world.available("eve@example.org"));
  CHECK_THAT(world.out(), !Contains("'probe'"));
}

TEST_CASE("the bridge comes first, or the server: the probing starts when both are there") {
  World world;
  world.roster = {kBare};
  world.turn();  // the bridge alone
  CHECK(world.out().empty());
  world.xmpp_up();
  CHECK_THAT(world.to(kBare), Contains("'probe'"));
}

TEST_CASE("a roster that cannot be had is asked for again later") {
  World world;
  world.roster = {kBare};
  world.refuse_with.set_code(wire::BUSY);
  world.up();
  CHECK(world.out().empty());
  world.refuse_with.clear_code();
  world.pass(std::chrono::seconds(3));
  world.turn();
  CHECK_THAT(world.to(kBare), Contains("'probe'"));
}

TEST_CASE("people beyond the bound count as away") {
  Settings settings = World::small_settings();
  settings.people_max = 1;
  World world(settings);
  world.up();
  world.presence(kBob);
  world.presence("eve@example.org/x");
  CHECK_FALSE(world.available("eve@example.org"));
  CHECK(world.gateway.counters().people_refused == 1);
  world.presence(kBob, "unavailable");
  world.presence("eve@example.org/x");
  CHECK(world.available("eve@example.org"));
}

struct Query : World {
  Query() { up(), clear(); }
  std::string ask(const char* ns, const char* node = "", const char* type = "get",
                  const char* to = "im.example.org") {
    clear();
    Stanza iq;
    iq.name = Stanza::Name::kIq;
    iq.from = *Jid::parse(kBob);
    iq.to = *Jid::parse(to);
    iq.type = type;
    iq.id = "q1";
    iq.query_name = "query";
    iq.query_ns = ns;
    iq.query_node = node;
    gets(iq);
    return out();
  }
};

TEST_CASE("queries are answered, whatever is not understood with an error, answers not at all") {
  Query query;
  CHECK_THAT(query.ask("urn:xmpp:ping"), Contains("result") && Contains("q1"));
  CHECK_THAT(query.ask("http://jabber.org/protocol/disco#info"),
             Contains("gateway") && Contains("urn:xmpp:ping"));
  CHECK_THAT(
      query.ask("http://jabber.org/protocol/disco#info", "", "get", "lapwing@im.example.org"),
      Contains("bot"));
  CHECK_THAT(query.ask("http://jabber.org/protocol/disco#info", "no-such-node"),
             Contains("item-not-found"));
  CHECK_THAT(query.ask("http://jabber.org/protocol/disco#items"),
             Contains("lapwing@im.example.org"));
  CHECK_THAT(query.ask("jabber:iq:version"), Contains("lapwing-gateway"));
  CHECK_THAT(query.ask("vcard-temp", "", "get", kAlice), Contains("alice"));
  CHECK_THAT(query.ask("jabber:iq:private"), Contains("service-unavailable"));
  CHECK_THAT(query.ask("vcard-temp", "", "set"), Contains("service-unavailable"));
  CHECK(query.ask("urn:xmpp:ping", "", "result").empty());
  CHECK(query.ask("urn:xmpp:ping", "", "error").empty());
  CHECK_THAT(query.ask("urn:xmpp:ping", "", "get", "not.a.nick@im.example.org"),
             Contains("item-not-found"));
}

TEST_CASE("the node of our capabilities is answered") {
  Query query;
  query.presence(kBob);
  const auto stanzas = test::parse_stanzas(query.to(kBob));
  REQUIRE(stanzas);
  const test::Element* caps = stanzas->front().child("c");
  REQUIRE(caps);
  const std::string node = caps->attribute("node") + "#" + caps->attribute("ver");
  CHECK_THAT(query.ask("http://jabber.org/protocol/disco#info", node.c_str(), "get",
                       "lapwing@im.example.org"),
             Contains("urn:xmpp:receipts"));
}

}  // namespace
}  // namespace gateway::xmpp
