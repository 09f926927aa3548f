// What is text stays text, wherever it stands.
#include "gateway/web/pages/html.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace gateway::web::pages {
namespace {

std::string written(std::string_view text) {
  Html html;
  html.text(text);
  return std::move(html).take();
}

TEST_CASE("text is escaped, and control characters are left out") {
  CHECK(written("<script>alert('1') & \"2\"</script>") ==
        "&lt;script&gt;alert(&#39;1&#39;) &amp; &quot;2&quot;&lt;/script&gt;");
  CHECK(written(std::string_view("a\0b\x1b[2J\x7f\nc\td", 12)) == "ab[2J\nc\td");
  CHECK(written("Grüße 日本語") == "Grüße 日本語");
}

TEST_CASE("no text at all can open a tag or end an attribute") {
  rc::check([](const std::string& text) {
    Html html;
    html.element("p", {{"title", text}, {"class", "a"}}, text);
    const std::string page = html.view();
    RC_ASSERT(std::count(page.begin(), page.end(), '<') == 2);
    RC_ASSERT(std::count(page.begin(), page.end(), '>') == 2);
    RC_ASSERT(std::count(page.begin(), page.end(), '"') == 4);
    RC_ASSERT(page.find('\'') == std::string::npos);
  });
}

TEST_CASE("elements nest, and attributes may be there or not") {
  Html html;
  html.in("form", {{"method", "post"}}, [&] {
    html.empty("input", {{"name", "x"}, {"required", true}, {"autofocus", false}, {"value", ""}});
  });
  CHECK(html.view() == "<form method=\"post\"><input name=\"x\" required value=\"\"></form>");
}

TEST_CASE("an address that is not of this site, http or https goes nowhere") {
  for (const std::string bad :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
        "java\nscript:alert(1)", "data:text/html,<script>", "vbscript:x", "//evil.example",
        "/\\evil.example", "/a\tb", "\x01https://a", "ftp://a", "evil", ""}) {
    INFO(bad);
    CHECK_FALSE(is_safe_address(bad));
    Html html;
    html.element("a", {{"href", bad}}, "x");
    CHECK(html.view() == "<a href=\"#\">x</a>");
  }
  for (const std::string good :
       {"/", "/@bob?before=3", "#main", "?x=1", "https://a.example/?q=<>", "HTTP://a.example"})
    CHECK(is_safe_address(good));
}

TEST_CASE("parts of an address carry nothing that would end it") {
  CHECK(url_part("red kite/?#&=\"<") == "red%20kite%2F%3F%23%26%3D%22%3C");
  CHECK(url_part("é") == "%C3%A9");
}

}  // namespace
}  // namespace gateway::web::pages
