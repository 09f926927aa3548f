// Links in posts: what becomes one, where it goes, and that nothing gets lost.
#include "gateway/web/pages/rich_text.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace gateway::web::pages {
namespace {

// "see [a:https://x] by [n:@bob]": the pieces, the kinds as letters.
std::string marked(std::string_view text) {
  std::string out;
  for (const Piece& piece : pieces_of(text)) {
    const char kind = "-ant"[static_cast<int>(piece.kind)];
    if (kind == '-')
      out += piece.text;
    else
      (((out += '[') += kind) += ':').append(piece.text) += ']';
  }
  return out;
}

std::string html_of(std::string_view text) {
  Html html;
  rich_text(html, text);
  return std::move(html).take();
}

TEST_CASE("names and tags are links where they begin a word") {
  CHECK(marked("@bob saw #birds") == "[n:@bob] saw [t:#birds]");
  CHECK(marked("(@bob), #a-b; #ok.") == "([n:@bob]), [t:#a]-b; [t:#ok].");
  CHECK(marked("mail a@bob.example, x#y, ##z") == "mail a@bob.example, x#y, #[t:#z]");
  CHECK(marked("@ # #1 #2026 #2nd @") == "@ # #1 #2026 [t:#2nd] @");
  CHECK(marked("@a_name_of_21_letterss and @bob@example.org") ==
        "@a_name_of_21_letterss and @bob@example.org");
  CHECK(marked("#Straße! #日本語。 #wow…") == "[t:#Straße]! [t:#日本語]。 [t:#wow]…");
}

TEST_CASE("addresses are links, without the sentence's punctuation") {
  CHECK(marked("see https://a.example/x?y=1&z=2#t.") == "see [a:https://a.example/x?y=1&z=2#t].");
  CHECK(marked("(https://a.example/b_(c))") == "([a:https://a.example/b_(c)])");
  CHECK(marked("(see http://a.example)") == "(see [a:http://a.example])");
  CHECK(marked("\"https://a.example\"<https://b.example>") ==
        "\"[a:https://a.example]\"<[a:https://b.example]>");
  CHECK(marked("https:// http://. xhttps://a.example javascript:alert(1) ftp://a") ==
        "https:// http://. xhttps://a.example javascript:alert(1) ftp://a");
  CHECK(marked("https://a.example/@bob #x") == "[a:https://a.example/@bob] [t:#x]");
}

TEST_CASE("a hostile text stays text inside its links") {
  CHECK(html_of("https://a.example/\"onmouseover=alert(1)") ==
        "<a href=\"https://a.example/\" rel=\"nofollow noopener noreferrer ugc\">https://a.example/"
        "</a>&quot;onmouseover=alert(1)");
  CHECK(html_of("https://a.example/'x") ==
        "<a href=\"https://a.example/&#39;x\" rel=\"nofollow noopener noreferrer ugc\">"
        "https://a.example/&#39;x</a>");
  CHECK(html_of("<b>#a&b</b>") ==
        "&lt;b&gt;<a class=\"tag\" href=\"/tag/a\">#a</a>&amp;b&lt;/b&gt;");
  CHECK(html_of("#日") == "<a class=\"tag\" href=\"/tag/%E6%97%A5\">#日</a>");
  CHECK(html_of("@bob") == "<a class=\"name\" href=\"/@bob\">@bob</a>");
}

TEST_CASE("the pieces are the text, byte for byte, whatever it is") {
  rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::weightedOneOf<char>({{3, rc::gen::elementOf(std::string("@#:/.ahtps_ (\n\"<"))},
                                      {1, rc::gen::arbitrary<char>()}}));
    std::string together;
    for (const Piece& piece : pieces_of(text)) together += piece.text;
    RC_ASSERT(together == text);
  });
}

}  // namespace
}  // namespace gateway::web::pages
