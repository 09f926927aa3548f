#include "gateway/xmpp/render.h"

#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "gateway/xmpp/capabilities.h"
#include "gateway/xmpp/xml_text.h"
#include "tests/gateway/xmpp/parsed_xml.h"

namespace gateway::xmpp {
namespace {

using test::Element;

template <class Outbound>
std::string rendered(const Outbound& outbound) {
  std::string out;
  render(out, outbound);
  return out;
}

Element only(const std::string& xml) {
  INFO(xml);
  const auto stanzas = test::parse_stanzas(xml);
  REQUIRE(stanzas.has_value());
  REQUIRE(stanzas->size() == 1);
  return stanzas->front();
}

std::string through_text(std::string_view text) {
  std::string out;
  append_text(out, text);
  return out;
}

TEST_CASE("a delivery is one chat message") {
  const Element message = only(rendered(Chat{.from = "lapwing@im.example",
                                             .to = "alice@example.org",
                                             .id = "p17",
                                             .body = "bob: a < b & c"}));
  CHECK(message.name == "message");
  CHECK(message.attribute("type") == "chat");
  CHECK(message.attribute("from") == "lapwing@im.example");
  CHECK(message.attribute("to") == "alice@example.org");
  CHECK(message.attribute("id") == "p17");
  CHECK(message.child("body")->text == "bob: a < b & c");
  CHECK(message.children.size() == 1);
}

TEST_CASE("a late delivery says since when, and by whom it was held") {
  const Element message = only(rendered(Chat{.from = "a@x",
                                             .to = "b@y",
                                             .id = "p1",
                                             .body = "late",
                                             .original_ms = 1'164'187'800'007,
                                             .delayed_by = "im.example",
                                             .active = true,
                                             .request_receipt = true,
                                             .unstyled = true}));
  CHECK(message.child("delay")->attribute("stamp") == "2006-11-22T09:30:00.007Z");
  CHECK(message.child("delay")->attribute("from") == "im.example");
  CHECK(message.child("active")->attribute("xmlns") == "http://jabber.org/protocol/chatstates");
  CHECK(message.child("request")->attribute("xmlns") == "urn:xmpp:receipts");
  CHECK(message.child("unstyled") != nullptr);
}

TEST_CASE("a receipt has no body") {
  const Element message =
      only(rendered(Chat{.from = "a@x", .to = "b@y", .id = "r1", .receipt_for = "m'7"}));
  CHECK(message.child("body") == nullptr);
  CHECK(message.child("received")->attribute("id") == "m'7");
}

TEST_CASE("presence of each kind") {
  const Element here = only(rendered(Presence{.from = "bot@x",
                                              .to = "a@y",
                                              .show = "away",
                                              .status = "back & forth",
                                              .caps_node = "https://lapwing.example",
                                              .caps_version = "abc="}));
  CHECK(here.attributes.count("type") == 0);
  CHECK(here.child("show")->text == "away");
  CHECK(here.child("status")->text == "back & forth");
  CHECK(here.child("c")->attribute("ver") == "abc=");

  const Element subscribed =
      only(rendered(Presence{.from = "bot@x", .to = "a@y", .type = PresenceType::kSubscribed}));
  CHECK(subscribed.attribute("type") == "subscribed");
  CHECK(subscribed.children.empty());
}

TEST_CASE("an error answer swaps the addresses and keeps the id") {
  Stanza stanza;
  stanza.name = Stanza::Name::kIq;
  stanza.type = "get";
  stanza.id = "q&1";
  stanza.from = *Jid::parse("alice@example.org/phone");
  stanza.to = *Jid::parse("bot@im.example");
  std::string out;
  REQUIRE(
      render_error_for(out, stanza, ErrorType::kWait, condition::kResourceConstraint, "Later."));
  const Element error = only(out);
  CHECK(error.name == "iq");
  CHECK(error.attribute("type") == "error");
  CHECK(error.attribute("to") == "alice@example.org/phone");
  CHECK(error.attribute("from") == "bot@im.example");
  CHECK(error.attribute("id") == "q&1");
  CHECK(error.child("error")->attribute("type") == "wait");
  CHECK(error.child("error")->child("resource-constraint") != nullptr);
  CHECK(error.child("error")->child("text")->text == "Later.");
}

TEST_CASE("an error is never answered with an error, nor is a result") {
  Stanza stanza;
  std::string out;
  stanza.type = "error";
  CHECK_FALSE(render_error_for(out, stanza, ErrorType::kCancel, condition::kBadRequest, ""));
  stanza.name = Stanza::Name::kIq;
  stanza.type = "result";
  CHECK_FALSE(render_error_for(out, stanza, ErrorType::kCancel, condition::kBadRequest, ""));
  CHECK(out.empty());
}

TEST_CASE("service discovery, version and card") {
  const std::array identities = {Identity{"gateway", "lapwing", "Lapwing"}};
  const std::array<std::string_view, 2> features = {"urn:xmpp:ping", "urn:xmpp:receipts"};
  const Element info = only(rendered(DiscoInfo{.from = "im.example",
                                               .to = "a@y/1",
                                               .id = "i1",
                                               .node = "n",
                                               .identities = identities,
                                               .features = features}));
  CHECK(info.attribute("type") == "result");
  CHECK(info.child("query")->attribute("node") == "n");
  CHECK(info.child("query")->children.size() == 3);

  const std::array items = {DiscoItem{.jid = "bot@im.example", .node = "", .name = "The bot"}};
  const Element list = only(rendered(
      DiscoItems{.from = "im.example", .to = "a@y/1", .id = "i2", .node = "", .items = items}));
  CHECK(list.child("query")->child("item")->attribute("jid") == "bot@im.example");

  const Element version = only(rendered(SoftwareVersion{
      .from = "im.example", .to = "a@y/1", .id = "i3", .name = "Lapwing", .version = "0.1"}));
  CHECK(version.child("query")->child("version")->text == "0.1");

  const Element card = only(rendered(VCard{.from = "bot@im.example",
                                           .to = "a@y/1",
                                           .id = "i4",
                                           .full_name = "Lapwing",
                                           .nickname = "lapwing",
                                           .description = "posts",
                                           .photo = "iVBO"}));
  CHECK(card.child("vCard")->child("DESC")->text == "posts");
  CHECK(card.child("vCard")->child("PHOTO")->child("TYPE")->text == "image/png");
  CHECK(card.child("vCard")->child("PHOTO")->child("BINVAL")->text == "iVBO");

  const Element ping = only(rendered(PingRequest{.from = "im.example", .to = "y", .id = "1"}));
  CHECK(ping.child("ping")->attribute("xmlns") == "urn:xmpp:ping");
  const Element empty =
      only(rendered(IqResult{.from = "im.example", .to = "a@y/1", .id = "i5", .payload = "<q/>"}));
  CHECK(empty.child("q") != nullptr);
}

TEST_CASE("the capabilities hash is the one XEP-0115 gives in its example") {
  const std::array identities = {Identity{"client", "pc", "Exodus 0.9.1"}};
  const std::array<std::string_view, 4> features = {
      "http://jabber.org/protocol/muc", "http://jabber.org/protocol/disco#info",
      "http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#items"};
  CHECK(caps_version(identities, features) == "QgayPKawpkPSDYmwT/WM94uAlu0=");
}

TEST_CASE("what XML cannot carry becomes the replacement character") {
  const std::string fffd = "\xEF\xBF\xBD";
  CHECK(through_text(std::string_view("a\0b", 3)) == "a" + fffd + "b");
  CHECK(through_text("\x01\x1F") == fffd + fffd);
  CHECK(through_text("\xEF\xBF\xBE\xEF\xBF\xBF") == fffd + fffd);  // U+FFFE, U+FFFF
  CHECK(through_text("\xED\xA0\x80") == fffd + fffd + fffd);       // a surrogate
  CHECK(through_text("\xC0\x80") == fffd + fffd);                  // overlong
  CHECK(through_text("\xF0\x9F\x90") == fffd);                     // cut short
  CHECK(through_text("\xF0\x9F\x90x") == fffd + "x");
  CHECK(through_text("\xF4\x90\x80\x80") == fffd + fffd + fffd + fffd);  // beyond U+10FFFF
}

TEST_CASE("what XML can carry stays as it was") {
  const std::string text = "tab\there\nna\xC3\xAFve \xF0\x9F\x90\xA6 \"quoted\" 'so'";
  CHECK(through_text(text) == text);
  CHECK(through_text("a\r\nb\rc") == "a\nb\nc");
}

TEST_CASE("whatever goes in, what comes out is well-formed and holds no stanza but its own") {
  CHECK(rc::check([](const std::string& body, const std::string& id, const std::string& to) {
    const std::string xml =
        rendered(Chat{.from = "bot@x", .to = to, .id = id + "i", .body = body, .receipt_for = id}) +
        rendered(Presence{.from = "bot@x", .to = to, .status = body}) +
        rendered(ErrorReply{.from = "bot@x", .to = to, .id = id, .text = body});
    const auto stanzas = test::parse_stanzas(xml);
    RC_ASSERT(stanzas.has_value());
    RC_ASSERT(stanzas->size() == 3u);
    RC_ASSERT(stanzas->front().children.size() <= 2u);
  }));
}

TEST_CASE("valid text arrives as it was written") {
  CHECK(rc::check([] {
    const auto words = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a", "<b>", "&amp;", "]]>", "'", "\"", "\xC3\xA9", "\n", "\t",
                                      "\xF0\x9F\x90\xA6", "\xE2\x80\xA8", "<!--", "&#x41;"));
    std::string body;
    for (const std::string& word : words) body += word;
    const auto stanzas =
        test::parse_stanzas(rendered(Chat{.from = "a@x", .to = body, .id = "1", .body = body}));
    RC_ASSERT(stanzas.has_value());
    RC_ASSERT(stanzas->front().child("body")->text == body);
    RC_ASSERT(stanzas->front().attribute("to") == body);
  }));
}

}  // namespace
}  // namespace gateway::xmpp
