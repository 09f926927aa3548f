// What the component reads of the stanzas that come, and what of them it drops.
#include <catch2/catch.hpp>
#include <string>

#include "strophe_world.h"

namespace gateway::xmpp {
namespace {

TEST_CASE("an inbound message becomes a Stanza") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='Alice@Example.org/phone' to='bot@im.example' id='m&amp;1' type='chat'>"
      "<html><body>not this</body></html><body>track &lt;b&gt;\nnyc</body><body>nor this</body>"
      "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/><request xmlns='urn:xmpp:receipts'/>"
      "<delay xmlns='urn:xmpp:delay' stamp='2006-11-22T09:30:00Z'/></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 1; }));
  const Stanza& stanza = f.listener.stanzas[0];
  CHECK(stanza.name == Stanza::Name::kMessage);
  CHECK(stanza.from.full() == "alice@example.org/phone");
  CHECK(stanza.to.full() == "bot@im.example");
  CHECK(stanza.id == "m&1");
  CHECK(stanza.type == "chat");
  CHECK(stanza.body == "track <b>\nnyc");
  CHECK(stanza.origin_id == "o1");
  CHECK(stanza.receipt_requested);
  CHECK(stanza.delayed);
}

TEST_CASE("what a message corrects or takes back is read, also as it was written earlier") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='a@x/1' to='bot@im.example'><body>soup</body>"
      "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>"
      "<message from='a@x/1' to='bot@im.example'>"
      "<retract xmlns='urn:xmpp:message-retract:1' id='m2'/></message>"
      "<message from='a@x/1' to='bot@im.example'><apply-to xmlns='urn:xmpp:fasten:0' id='m3'>"
      "<retract xmlns='urn:xmpp:message-retract:0'/></apply-to></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 3; }));
  const auto& stanzas = f.listener.stanzas;
  CHECK(stanzas[0].replaces == "m1");
  CHECK(stanzas[0].retracts.empty());
  CHECK(stanzas[1].retracts == "m2");
  CHECK(stanzas[2].retracts == "m3");
}

TEST_CASE("answers lose their quotation, and reactions are read") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='a@x/1' to='bot@im.example' type='chat'><body>&gt; süß?\nja</body>"
      "<reply xmlns='urn:xmpp:reply:0' to='bot@im.example' id='p17'/>"
      "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/>"
      "</fallback></message>"
      "<message from='a@x/1' to='bot@im.example' type='chat'><body>&gt; no\nyes</body>"
      "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='5'/>"
      "</fallback></message>"
      "<message from='a@x/1' to='bot@im.example' type='chat'>"
      "<reactions xmlns='urn:xmpp:reactions:0' id='p17'><reaction>+</reaction></reactions>"
      "</message>"
      "<message from='a@x/1' to='bot@im.example' type='chat'>"
      "<reactions xmlns='urn:xmpp:reactions:0' id='p17'/></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 4; }));
  CHECK(f.listener.stanzas[0].reply_to == "p17");
  CHECK(f.listener.stanzas[0].body == "ja");
  CHECK(f.listener.stanzas[1].reply_to.empty());
  CHECK(f.listener.stanzas[1].body == "> no\nyes");
  CHECK(f.listener.stanzas[2].reacts_to == "p17");
  CHECK(f.listener.stanzas[2].reacts);
  CHECK_FALSE(f.listener.stanzas[3].reacts);
}

TEST_CASE("a client's answer to a sign-in question is read, a yes and a no") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='a@x/1' to='bot@im.example'><thread>t</thread>"
      "<confirm xmlns='http://jabber.org/protocol/http-auth' id='K7QF-MX' method='POST' "
      "url='https://lapwing.example/sign-in/ask'/></message>"
      "<message from='a@x/1' to='bot@im.example' type='error'><thread>t</thread>"
      "<confirm xmlns='http://jabber.org/protocol/http-auth' id='K7QF-MX' method='POST' "
      "url='https://lapwing.example/sign-in/ask'/><error type='auth'>"
      "<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
      "<message from='a@x/1' to='bot@im.example'><confirm id='K7QF-MX'/></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 3; }));
  CHECK(f.listener.stanzas[0].confirms == "K7QF-MX");
  CHECK(f.listener.stanzas[1].confirms == "K7QF-MX");
  CHECK(f.listener.stanzas[1].error_type == "auth");
  CHECK(f.listener.stanzas[1].error_condition == "not-authorized");
  CHECK(f.listener.stanzas[2].confirms.empty());
}

TEST_CASE("presence, queries, receipts and errors are read") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<presence from='a@x/1' "
      "to='bot@im.example'><show>dnd</show><priority>-5</priority></presence>"
      "<iq from='a@x/1' to='im.example' id='q' type='get'> <query node='n' "
      "xmlns='http://jabber.org/protocol/disco#info'/></iq>"
      "<message from='a@x/1' to='bot@im.example'><received xmlns='urn:xmpp:receipts' id='p7'/>"
      "</message>"
      "<message from='a@x' to='bot@im.example' id='p8' type='error'><error type='cancel'>"
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no</text>"
      "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 4; }));
  const auto& stanzas = f.listener.stanzas;
  CHECK(stanzas[0].show == "dnd");
  CHECK(stanzas[0].priority == -5);
  CHECK(stanzas[1].query_name == "query");
  CHECK(stanzas[1].query_ns == "http://jabber.org/protocol/disco#info");
  CHECK(stanzas[1].query_node == "n");
  CHECK(stanzas[2].receipt_for == "p7");
  CHECK_FALSE(stanzas[2].body.has_value());
  CHECK(stanzas[3].error_type == "cancel");
  CHECK(stanzas[3].error_condition == "service-unavailable");
}
TEST_CASE("a hostile stanza is dropped and reported, and the stream lives on") {
  Fixture f;
  f.go_online();
  const std::string open = "<message from='eve@x/1' to='bot@im.example' id='m1' type='chat'>";
  std::string nested;
  for (int i = 0; i < 150'000; ++i) nested += "<a>";
  for (int i = 0; i < 150'000; ++i) nested += "</a>";
  f.server.send(open + "<body>" + std::string(512 * 1024, '\n') + "</body></message>");
  f.server.send(open + nested + "</message>");
  f.server.send(open + "<body>\x01</body></message>");
  f.server.send("<message from='a@x/1' to='bot@im.example'><body>still here</body></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 1; }));
  CHECK(f.listener.stanzas[0].body == "still here");
  REQUIRE(f.listener.refused.size() == 3);
  CHECK(f.listener.refused[0].second == "too long");
  CHECK(f.listener.refused[1].second == "nested too deeply");
  CHECK(f.listener.refused[2].second == "not well-formed");
  const Stanza& partial = f.listener.refused[0].first;
  CHECK(partial.from.full() == "eve@x/1");
  CHECK(partial.to.full() == "bot@im.example");
  CHECK(partial.id == "m1");
  CHECK(f.listener.offlines.empty());
}

TEST_CASE("an entity bomb ends the stream before it is parsed") {
  Fixture f;
  f.go_online();
  f.server.send("<!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'>]><message>&b;</message>");
  REQUIRE(f.until_offline());
  CHECK(f.listener.offlines[0] == "a document type declaration");
  f.pass_until_retry();
  f.go_online();
}

TEST_CASE("what is not for us, or claims to be from us, is dropped") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='eve@x' to='bot@elsewhere.example'><body>a</body></message>"
      "<message from='admin@im.example' to='bot@im.example'><body>b</body></message>"
      "<message from='eve@x'><body>c</body></message>"
      "<message from='@' to='bot@im.example'><body>d</body></message>"
      "<message from='a@x' to='BOT@IM.example'><body>e</body></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 1; }));
  CHECK(f.listener.stanzas[0].body == "e");
  CHECK(f.component->counters().dropped_foreign == 1);
  CHECK(f.component->counters().dropped_own == 1);
  CHECK(f.component->counters().dropped_nameless == 2);
}

}  // namespace
}  // namespace gateway::xmpp
