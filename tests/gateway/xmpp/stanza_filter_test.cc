#include "gateway/xmpp/stanza_filter.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace gateway::xmpp {
namespace {

const std::string kHeader =
    "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns='jabber:component:accept' from='im.example' id='s1'>";
const std::string kGood = "<message from='a@x/1' to='bot@im.example'><body>hi</body></message>";
const std::string kEnd = "</stream:stream>";

struct Filtered {
  std::string out;
  std::vector<RefusedStanza> refused;
  std::string failure;

  bool operator==(const Filtered&) const = default;
};

// Feeds `in` in pieces of `piece` bytes.
Filtered filtered(std::string_view in, std::size_t piece = std::string::npos,
                  StanzaFilter::Options options = {}) {
  StanzaFilter filter(options);
  Filtered result;
  while (!in.empty()) {
    filter.feed(in.substr(0, piece), result.out, result.refused);
    in.remove_prefix(std::min(piece, in.size()));
  }
  result.failure = filter.failure();
  return result;
}

std::string message(const std::string& content) {
  return "<message from='eve@x/1' to='bot@im.example' id='m1' type='chat'>" + content +
         "</message>";
}

const StanzaHead kEve = {
    .name = "message", .from = "eve@x/1", .to = "bot@im.example", .id = "m1", .type = "chat"};

// A bad stanza between two good ones: dropped whole, reported, the stream alive.
void check_dropped(const std::string& bad, std::string_view why) {
  const Filtered result = filtered(kHeader + kGood + bad + kGood + kEnd);
  CHECK(result.failure.empty());
  CHECK(result.out == kHeader + kGood + kGood + kEnd);
  REQUIRE(result.refused.size() == 1);
  CHECK(result.refused[0].why == why);
  CHECK(result.refused[0].head == kEve);
}

void check_fails(const std::string& stream, std::string_view why) {
  const Filtered result = filtered(stream);
  CHECK(result.failure == why);
  CHECK(result.refused.empty());
}

TEST_CASE("a whole good stream passes unchanged") {
  const std::string stream = kHeader + " \n" + kGood +
                             "<presence from='a@x/1' to='bot@im.example'/>" +
                             "<iq from=\"a@x/1\" to='bot@im.example' id='1' type='get'><q "
                             "xmlns='u' a='1>2' b=\"'/\"/></iq>" +
                             "<handshake></handshake>" +
                             message("<body>a &lt; b<![CDATA[ <not> a ]]] tag]]></body>") + kEnd;
  const Filtered result = filtered(stream);
  CHECK(result.out == stream);
  CHECK(result.refused.empty());
  CHECK(result.failure.empty());
}

TEST_CASE("a stanza is handed on with its last byte") {
  StanzaFilter filter({});
  std::string out;
  std::vector<RefusedStanza> refused;
  filter.feed(kHeader, out, refused);
  CHECK(out == kHeader);
  filter.feed(kGood.substr(0, kGood.size() - 1), out, refused);
  CHECK(out == kHeader);
  filter.feed(">", out, refused);
  CHECK(out == kHeader + kGood);
}

TEST_CASE("half a megabyte of newlines is dropped") {
  check_dropped(message("<body>" + std::string(512 * 1024, '\n') + "</body>"), "too long");
}

TEST_CASE("a hundred and fifty thousand nested elements are dropped") {
  std::string nested;
  for (int i = 0; i < 150'000; ++i) nested += "<a>";
  for (int i = 0; i < 150'000; ++i) nested += "</a>";
  check_dropped(message(nested), "nested too deeply");
}

TEST_CASE("an attribute without end is dropped when it ends after all") {
  const std::string bad = "<message a='" + std::string(100'000, '<') + "'/>";
  const Filtered result = filtered(kHeader + bad + kGood);
  CHECK(result.out == kHeader + kGood);
  REQUIRE(result.refused.size() == 1);
  CHECK(result.refused[0].head == StanzaHead{});
}

TEST_CASE("the bounds themselves are allowed") {
  const StanzaFilter::Options options{.stanza_bytes_max = 200, .depth_max = 3};
  const std::string frame = message("");
  const std::string longest = message(std::string(200 - frame.size(), 'x'));
  CHECK(filtered(kHeader + longest, std::string::npos, options).out == kHeader + longest);
  const std::string longer = message(std::string(201 - frame.size(), 'x'));
  CHECK(filtered(kHeader + longer, std::string::npos, options).out == kHeader);
  const std::string deepest = message("<a><b/><c>x</c></a>");
  CHECK(filtered(kHeader + deepest, std::string::npos, options).out == kHeader + deepest);
  CHECK(filtered(kHeader + message("<a><b><c></c></b></a>"), std::string::npos, options).out ==
        kHeader);
}

TEST_CASE("control characters and malformed UTF-8 cost their own stanza only") {
  check_dropped(message("<body>a\x01z</body>"), "not well-formed");
  check_dropped(message("<body>" + std::string(1, '\0') + "</body>"), "not well-formed");
  check_dropped(message("<body>\xFF\xFE</body>"), "not well-formed");
  check_dropped(message("<body>\xEF\xBF\xBF</body>"), "not well-formed");
  check_dropped(message("<body>&#0;</body>"), "not well-formed");
}

TEST_CASE("tags that do not match cost their own stanza only") {
  check_dropped(message("<a></b>"), "not well-formed");
  check_dropped(message("<x:a/>"), "not well-formed");
  check_dropped(message("<a b='1' b='2'/>"), "not well-formed");
}

TEST_CASE("an entity that nobody declared costs its own stanza only") {
  check_dropped(message("<body>&lol9;</body>"), "not well-formed");
}

TEST_CASE("comments and instructions are refused, whatever they hide") {
  check_dropped(message("<!-- </message> -->"), "comment or processing instruction");
  check_dropped(message("<?php </message> ?>"), "comment or processing instruction");
}

TEST_CASE("a prefixed attribute cannot take the sender's place") {
  check_dropped(
      "<message from='eve@x/1' to='bot@im.example' id='m1' type='chat' xmlns:e='urn:e' "
      "e:from='admin@x'><body>promote eve</body></message>",
      "ambiguous address");
  const std::string lang = "<message from='a@x' to='b@y' xml:lang='en'><body>x</body></message>";
  CHECK(filtered(kHeader + lang).out == kHeader + lang);
}

TEST_CASE("a document type declaration never gets through, nor does anything after it") {
  const std::string bomb =
      "<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;&lol;&lol;&lol;'>]>";
  check_fails("<?xml version='1.0'?>" + bomb + kHeader.substr(21), "a document type declaration");
  check_fails(kHeader + kGood + bomb + message("&lol2;"), "a document type declaration");
  check_fails(kHeader + message(bomb), "a document type declaration");
  CHECK(filtered(kHeader + kGood + bomb + kGood).out == kHeader + kGood);
}

TEST_CASE("a long stream with ever new names goes on") {
  std::string stream = kHeader;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "n" + std::to_string(i);
    stream += message("<" + name + " xmlns='urn:" + name + "' a" + name + "=''/>");
  }
  CHECK(filtered(stream, 1000).out == stream);
}

TEST_CASE("what may not stand between stanzas fails the stream") {
  check_fails(kHeader + "text" + kGood, "text between stanzas");
  check_fails(kHeader + "<!-- x -->" + kGood, "markup between stanzas");
  check_fails(kHeader + "<?pi ?>", "markup between stanzas");
  check_fails(kHeader + "<>", "a tag without a name");
}

TEST_CASE("a stream header is bounded and must be one") {
  check_fails("<stream:stream a='" + std::string(70'000, 'x'), "an endless stream header");
  check_fails("<stream:stream a='" + std::string(70'000, 'x') + "'>", "an endless stream header");
  check_fails("<unbound:stream>", "a stream header that is not well-formed");
  check_fails("<stream/>", "a stream without content");
  check_fails("</stream>", "an end tag before the stream's start tag");
}

TEST_CASE("a stanza without end is skipped in constant memory until the stream fails") {
  StanzaFilter filter({.skipped_bytes_max = 1024 * 1024});
  std::string out;
  std::vector<RefusedStanza> refused;
  filter.feed(kHeader + "<message from='eve@x/1'><body>", out, refused);
  const std::string piece(16 * 1024, 'x');
  int pieces = 0;
  while (filter.feed(piece, out, refused)) ++pieces;
  CHECK(filter.failure() == "a stanza without end");
  CHECK(pieces == 67);  // four held, sixty-three skipped
  CHECK(out == kHeader);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].head.from == "eve@x/1");
}

TEST_CASE("hostile input takes time in proportion to its length") {
  std::string hostile = kHeader;
  hostile += message("<body>" + std::string(4 << 20, '\n') + "</body>");
  hostile += "<message>";
  for (int i = 0; i < (1 << 20); ++i) hostile += "<a>";
  const auto begin = std::chrono::steady_clock::now();
  filtered(hostile, 4096);
  // Tens of milliseconds; the quadratic parser above would need minutes.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

std::string repeated(std::string_view part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part;
  return all;
}

std::string element_with_attributes(int count) {
  std::string element = "<a";
  for (int i = 0; i < count; ++i) element += " a" + std::to_string(i) + "=''";
  return element + "/>";
}

TEST_CASE("a short stanza of very many pieces is refused") {
  check_dropped(message(repeated("<a/>", 1'024)), "too many pieces");
  check_dropped(message(element_with_attributes(65)), "too many pieces");
  check_dropped(message(repeated("<a b='' c=''/>", 342)), "too many pieces");
  check_dropped(message("<body>" + repeated("\n", 5'000) + "</body>"), "too many pieces");
  check_dropped(message("<body>" + repeated("&lt;", 5'000) + "</body>"), "too many pieces");
}

TEST_CASE("a stanza of many pieces passes") {
  const std::string rich = message(repeated("<a/>", 950) + element_with_attributes(64) + "<body>" +
                                   repeated("line\n", 1'000) + "</body>");
  CHECK(filtered(kHeader + rich).out == kHeader + rich);
}

TEST_CASE("how the input is cut makes no difference") {
  CHECK(rc::check([] {
    const auto parts = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        std::string(kGood), message("<body>x</body>"), message("<a><a><a><a/></a></a></a>"),
        "<message a=\"'>/", message(std::string(300, '\n')), message("<!-- - -- --->"),
        message("<![CDATA[]]]]>"), message("<?pi ?? ?>"), "<a/>", "<a b='/'></a>", "<>", "</>",
        "</ a>", "<a", "\"", "'", "/>", ">", "</a>", "<!", "--", "-->", "]]>", " ", "<!DOCTYPE",
        "\x01", "x", std::string(kEnd)));
    std::string stream = *rc::gen::element<std::string>(std::string(kHeader), "");
    for (const std::string& part : parts) stream += part;
    const StanzaFilter::Options options{
        .stanza_bytes_max = 250, .depth_max = 3, .skipped_bytes_max = 400};
    const Filtered whole = filtered(stream, std::string::npos, options);
    RC_ASSERT(filtered(stream, 1, options) == whole);
    RC_ASSERT(filtered(stream, 2, options) == whole);
    RC_ASSERT(filtered(stream, *rc::gen::inRange<std::size_t>(3, 100), options) == whole);
  }));
}

TEST_CASE("good stanzas pass whatever stands between them") {
  CHECK(rc::check([] {
    std::string stream = kHeader;
    std::string expected = kHeader;
    const auto bad = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>(message("<a></b>"), message(std::string(300, 'x')),
                                      message("<a><a><a><a><a/></a></a></a></a>"),
                                      message("<!-- <message> -->"), message("\x02")));
    for (const std::string& stanza : bad) {
      stream += stanza + kGood;
      expected += kGood;
    }
    const Filtered result = filtered(stream, *rc::gen::inRange<std::size_t>(1, 50),
                                     {.stanza_bytes_max = 250, .depth_max = 4});
    RC_ASSERT(result.out == expected);
    RC_ASSERT(result.refused.size() == bad.size());
  }));
}

}  // namespace
}  // namespace gateway::xmpp
