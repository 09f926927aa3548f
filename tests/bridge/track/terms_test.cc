// Folding, and what a post is made of.
#include "bridge/track/terms.h"

#include <catch2/catch.hpp>

#include "tests/bridge/track/support.h"

namespace bridge::track {
namespace {

using List = std::vector<std::string>;

TEST_CASE("folding is NFC and full case folding, with one spelling of ' # @") {
  CHECK(fold("Hello, NYC! [z]") == "hello, nyc! [z]");
  CHECK(fold("STRASSE") == fold("Stra\u00DFe"));
  CHECK(fold("E\u0301cole") == "\u00E9cole");
  CHECK(fold("\u0130stanbul") == "i\u0307stanbul");
  CHECK(fold("\u1F88") == "\u1F00\u03B9");
  CHECK(fold("\u2019\uFF03\uFF20") == "'#@");
  CHECK(fold("touch\u00E9") != fold("touche"));
}

TEST_CASE("folding twice changes nothing, for every character there is") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string once = fold(encode(c));
    if (fold(once) != once) FAIL_CHECK("U+" << std::hex << static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("the quick way for ASCII is the long way") {
  // A trailing é forces the long way.
  std::string all;
  for (char c = 0; c < 127; ++c) all.push_back(c);
  all.push_back(127);
  CHECK(fold(all + "\u00E9") == fold(all) + "\u00E9");
}

TEST_CASE("property: folding twice changes nothing, and equivalent spellings fold alike") {
  CHECK(rc::check([] {
    const std::string once = fold(*tricky_text());
    RC_ASSERT(fold(once) == once);
  }));
}

TEST_CASE("words are the post's words, trimmed, and their parts, each once") {
  CHECK(tokenize("I can't, no CAN'T. can").words ==
        List{"i", "can't,", "can't", "can", "t", "no", "can't."});
  CHECK(tokenize("#NYC http://x.com/a").words ==
        List{"#nyc", "nyc", "http://x.com/a", "http", "x", "com", "a"});
  CHECK(tokenize(" \t\u3000").words.empty());
  CHECK(tokenize("\u2764\uFE0F !").words == List{"\u2764\uFE0F", "!"});
}

TEST_CASE("hashtags") {
  const std::vector<std::pair<std::string, List>> table = {
      {"a #hashtag here", {"hashtag"}},
      {"On the #16 bus #0 #_ #1_2", {}},
      {"#1st", {"1st"}},
      {"(#a1 )#a2 [#a3 ]#a4 \u2019#a5\u2019#a6", {"a1", "a2", "a3", "a4", "a5", "a6"}},
      {"\u65E5\u672C#\u65E5\u672C", {}},
      {"\u65E5\u672C\u3002#\u65E5\u672C\u3002", {"\u65E5\u672C"}},
      {"\uFF03\uFF28\uFF29", {"\uFF48\uFF49"}},
      {"\u270C#a \u270C\uFE0F#b \u270C\uFE0E#c \U0001F468\u200D\U0001F469#d", {"a", "b", "c", "d"}},
      {"#il\u00B7lusi\u00F3 #repost\u30FB\u30FB\u30FB#next",
       {"il\u00B7lusi\u00F3", "repost", "next"}},
      {"#\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
       {"\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"}},
      {"#\u0DC1\u0DCA\u200D\u0DBB\u0DD3", {"\u0DC1\u0DCA\u200D\u0DBB\u0DD3"}},
      {"#\u0130n #\u0131n", {"i\u0307n", "\u0131n"}},
      {"#http://a.com #https://a.com http://a.com/#b a.com/#c", {}},
      {"#foo#bar", {"foo"}},
      {"##foo", {"foo"}},
      {"&#x27; a#b #\uFE0F\u20E3", {}},
      {"#a: #b; #c, #d. #e! #f?", {"a", "b", "c", "d", "e", "f"}},
      {"#\u0437\u0430_\u0440\u0430\u0437", {"\u0437\u0430_\u0440\u0430\u0437"}},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    CHECK(tokenize(text).hashtags == expected);
  }
}

TEST_CASE("mentions") {
  const std::vector<std::pair<std::string, List>> table = {
      {"@One and (@two_2): .@3", {"one", "two_2", "3"}},
      {"\u306E@username\u306B", {"username"}},
      {"@alice\u00ECnheiro", {}},
      {"@a@b.com x@example.com @_@ @ bob", {}},
      {"f!@kn f@@kn f#@kn f$@kn f%@kn f&@kn f*@kn", {}},
      {"RT@a rt:@b RT @c xrt@d", {"a", "b", "c"}},
      {"@http://twitter.com", {}},
      {"@12345678901234567890 @123456789012345678901", {"12345678901234567890"}},
      {"@bob's @bob\u2026 @bob/list", {"bob", "bob", "bob"}},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    CHECK(tokenize(text).mentions == expected);
  }
}

TEST_CASE("urls, as written") {
  const std::vector<std::pair<std::string, List>> table = {
      {"see http://www.Example.com/a_(b)).", {"http://www.Example.com/a_(b)"}},
      {"example.com's t.co/Ab1 mon./tue. it.so", {"example.com", "t.co/Ab1"}},
      {"bob@example.com #x.com Awww.no http://localhost/", {}},
      {"(https://t.co/a) {https://t.co/b} \u201Chttp://c.io/d\u2026",
       {"https://t.co/a", "https://t.co/b", "http://c.io/d"}},
      {"HTTP://A.com:80/?q=1&r=%20#f, http://foo.com?#foo",
       {"HTTP://A.com:80/?q=1&r=%20#f", "http://foo.com?#foo"}},
      {"http://a.com/b... http://a.com/,,, http://a.com/x! http://a.com/y/.",
       {"http://a.com/b", "http://a.com/", "http://a.com/x", "http://a.com/y/"}},
      {"http://example.com\u3060\u3088 \u4E2D\u56FDhttp://t.co/abc\u4E2D",
       {"http://example.com", "http://t.co/abc"}},
      {"http://twitter.com/\u0420\u0443_\u0441 ELPA\u00CDS.com",
       {"http://twitter.com/\u0420\u0443_\u0441", "ELPA\u00CDS.com"}},
      {"http://no-tld http://short.x http://-a.b.com http://a-.b.com http://_a.b.com http://a.c_m",
       {}},
      {"$http://a.com $a.com @a.com #http://a.com a.com@b", {}},
      {"today.https://t.co/nG //https://t.co/pM -http://t.co/q",
       {"https://t.co/nG", "https://t.co/pM", "http://t.co/q"}},
      {"name.al-last@foo.com name.al+last@foo.com name.al-last.com", {"name.al-last.com"}},
      {"x.com: x.com:80 x.com/a:b", {"x.com", "x.com:80", "x.com/a:b"}},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    CHECK(tokenize(text).urls == expected);
  }
}

TEST_CASE("property: any text can be cut, and no word comes twice") {
  CHECK(rc::check([] {
    const std::string text = *tricky_text();
    RC_ASSERT(is_utf8(text));
    List words = tokenize(text).words;
    std::sort(words.begin(), words.end());
    RC_ASSERT(std::adjacent_find(words.begin(), words.end()) == words.end());
    for (const std::string& word : words) RC_ASSERT(fold(word) == word);
  }));
}

TEST_CASE("what is not UTF-8 is seen") {
  CHECK(is_utf8("na\u00EFve \U0001F5FD"));
  for (const char* bad :
       {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\xFF", "\x80"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace bridge::track
