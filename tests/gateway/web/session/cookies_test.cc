// Cookies, headers, and the ways in which a request could lie about where it comes from.
#include "gateway/web/session/cookies.h"

#include <catch2/catch.hpp>

#include "gateway/web/session/sign_in_limit.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;

TEST_CASE("with TLS a cookie is bound to this host, without it to nothing but this site's paths") {
  CHECK(set_cookie(Cookie::kSession, true, "TOKEN", 60s) ==
        "__Host-lapwing=TOKEN; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
  CHECK(set_cookie(Cookie::kVisit, false, "TOKEN", 60s) ==
        "lapwing-visit=TOKEN; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
  CHECK(drop_cookie(Cookie::kSession, false) ==
        "lapwing=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

TEST_CASE("a cookie is read when it is there once and looks like a token") {
  const auto read = [](std::string_view header) {
    return read_cookie(header, Cookie::kSession, false).value_or("-");
  };
  CHECK(read("lapwing=abc") == "abc");
  CHECK(read("a=b;  lapwing=abc ; c=d") == "abc");
  CHECK(read("xlapwing=abc; lapwingx=d") == "-");
  CHECK(read("lapwing=abc; lapwing=def") == "-");  // one of them was planted
  CHECK(read("lapwing=a b") == "-");
  CHECK(read("lapwing=") == "-");
  CHECK(read("lapwing=" + std::string(65, 'a')) == "-");
  CHECK(read("") == "-");
  CHECK(read_cookie("lapwing=abc", Cookie::kSession, true) == std::nullopt);
}

TEST_CASE("the policy allows no script, style or frame but the site's own files") {
  for (const bool tls : {false, true}) {
    std::string policy;
    bool hsts = false;
    for (const auto& [name, value] : security_headers(tls)) {
      if (name == "Content-Security-Policy") policy = value;
      hsts |= name == "Strict-Transport-Security";
    }
    CHECK(policy.find("default-src 'none'") == 0);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(policy.find("base-uri 'none'") != std::string::npos);
    CHECK(hsts == tls);
  }
}

TEST_CASE("a form that comes from another site is not believed") {
  CHECK(from_this_site("same-origin", "https://lapwing.example", "lapwing.example"));
  CHECK(from_this_site("", "http://127.0.0.1:8080", "127.0.0.1:8080"));
  CHECK(from_this_site("", "", "lapwing.example"));  // the token decides
  CHECK_FALSE(from_this_site("cross-site", "", "lapwing.example"));
  CHECK_FALSE(from_this_site("same-site", "https://x.lapwing.example", "lapwing.example"));
  CHECK_FALSE(from_this_site("", "https://evil.example", "lapwing.example"));
  CHECK_FALSE(from_this_site("", "null", "lapwing.example"));
  CHECK_FALSE(from_this_site("", "https://lapwing.example.evil.example", "lapwing.example"));
}

TEST_CASE("nobody is sent to another site") {
  for (const std::string path : {"/", "/@bob?before=3", "/tag/%E6%97%A5#x"})
    CHECK(local_path(path) == path);
  for (const std::string path :
       {"", "//evil.example", "/\\evil.example", "https://evil.example", "evil",
        "/a\r\nSet-Cookie: x=y", "/a b", "/\tx", "/\x7f", "javascript:alert(1)", "\\/evil.example"})
    CHECK(local_path(path) == "/");
  CHECK(local_path("/" + std::string(600, 'a')) == "/");
}

TEST_CASE(
    "a browser is named so that its owner knows it again, and nothing is taken over as it is") {
  CHECK(browser_of("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0") ==
        "Firefox on Linux");
  CHECK(browser_of("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) "
                   "Chrome/120.0 Safari/537.36 Edg/120.0") == "Edge on Windows");
  CHECK(browser_of(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604") ==
        "Safari on iPhone");
  CHECK(browser_of("<script>\r\n") == "");
}

TEST_CASE("five wrong codes from one place, then one every twelve seconds; others are free") {
  SignInLimit limit;
  const bridge::base::Time now = bridge::base::Time{} + 1h;
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(limit.wait("192.0.2.7", now));
    limit.charge("192.0.2.7", now);
  }
  CHECK(limit.wait("192.0.2.7", now) == 12'000ms);
  CHECK_FALSE(limit.wait("192.0.2.8", now));
  CHECK_FALSE(limit.wait("192.0.2.7", now + 12s));
}

}  // namespace
}  // namespace gateway::web
