// What travels encoded in requests: targets, forms, cookies, JSON; and where a request goes.
#include "gateway/web/target.h"

#include <catch2/catch.hpp>

#include "gateway/web/json.h"
#include "gateway/web/response_text.h"
#include "gateway/web/router.h"
#include "gateway/web/sessions.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

TEST_CASE("a target is a path and a query", "[target]") {
  const auto target = parse_target("/u/al%69ce?n=5&text=a+b%26c&empty=#part");
  REQUIRE(target);
  CHECK(target->path == "/u/alice");
  CHECK(target->query == Fields{{"n", "5"}, {"text", "a b&c"}, {"empty", ""}});
  CHECK(parse_target("/")->path == "/");
}

TEST_CASE("targets that could mislead are refused", "[target]") {
  for (const char* bad : {"", "u", "http://x/", "/a/../b", "/a/%2e%2e/b", "/./a", "/a%2fb", "/a%",
                          "/a%zz", "/a%00", "/?a=%0"})
    CHECK_FALSE(parse_target(bad));
  CHECK_FALSE(parse_target({"/?a=\0b", 6}));
  std::string many = "/?";
  for (std::size_t i = 0; i <= kFieldsMax; ++i) many += "a=1&";
  CHECK_FALSE(parse_target(many));
}

TEST_CASE("what is encoded for an address comes back as it was", "[target]") {
  const std::string text = "ä/?&=+ %\x01";
  CHECK(percent_decode(percent_encode(text), true) == text);
}

TEST_CASE("cookies are taken apart, whatever is between them", "[target]") {
  CHECK(parse_cookies("a=1; b=\"two\";; =x; c") == Fields{{"a", "1"}, {"b", "two"}, {"c", ""}});
}

TEST_CASE("JSON that is written can be read by anybody, whatever the texts hold", "[json]") {
  JsonWriter json;
  json.begin_object()
      .key("a")
      .text("x\"\\\n<\x01\xff\xe2\x80\xa8ä")
      .key("n")
      .number(std::uint64_t{7});
  json.key("l").begin_array().flag(true).flag(false).end_array().end_object();
  CHECK(json.take() ==
        "{\"a\":\"x\\\"\\\\\\n\\u003c\\u0001\xEF\xBF\xBD\\u2028ä\",\"n\":7,\"l\":[true,false]}");
}

TEST_CASE("only flat objects are taken from a body", "[json]") {
  CHECK(parse_json_object(R"({"text":"hi","n":3,"on":true})") ==
        Fields{{"n", "3"}, {"on", "true"}, {"text", "hi"}});
  for (const char* bad : {"", "[]", "{", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":-1}", "{\"a\":null}"})
    CHECK_FALSE(parse_json_object(bad));
  CHECK_FALSE(parse_json_object(std::string(50'000, '[')));
}

std::string went_to(Router& router, const std::string& method, const std::string& path) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  std::string answer;
  router.handle(request, [&](HttpResponse response) {
    answer = std::to_string(response.status) + " " + response.body;
    if (response.status == 405) answer += std::string(response.headers.front().second);
  });
  return answer;
}

TEST_CASE("a router finds who answers", "[router]") {
  Router router;
  const auto say = [](std::string name) {
    return [name](const HttpRequest& request, const Respond& respond) {
      respond({.body = name + ":" + std::string(request.part("nick")) +
                       std::string(request.part("*"))});
    };
  };
  router.add("GET", "/", say("front"));
  router.add("GET", "/u/{nick}", say("user"));
  router.add("POST", "/u/{nick}", say("change"));
  router.add("GET", "/files/{*}", say("file"));
  CHECK(went_to(router, "GET", "/") == "200 front:");
  CHECK(went_to(router, "HEAD", "/u/bob") == "200 user:bob");
  CHECK(went_to(router, "POST", "/u/bob") == "200 change:bob");
  CHECK(went_to(router, "GET", "/files/a/b.css") == "200 file:a/b.css");
  CHECK(went_to(router, "GET", "/u/").starts_with("404"));
  CHECK(went_to(router, "GET", "/u/bob/x").starts_with("404"));
  CHECK(went_to(router, "PUT", "/u/bob") == "405 This address does not take PUT.\nGET, POST");
}

TEST_CASE("a header cannot break out of its line", "[response]") {
  HttpResponse response;
  response.headers = {{"X-Good", "a b"}, {"X-Bad", "a\r\nSet-Cookie: x=1"}, {"X\n", "b"}};
  const std::string head = response_head(response, {.now_ms = 1'764'146'260'000});
  CHECK(head.find("X-Good: a b\r\n") != std::string::npos);
  CHECK(head.find("Set-Cookie") == std::string::npos);
  CHECK(head.find("X\n") == std::string::npos);
  CHECK(head.find("Date: Wed, 26 Nov 2025 08:37:40 GMT\r\n") != std::string::npos);
}

TEST_CASE("etags are compared as a browser sends them", "[response]") {
  CHECK(has_etag("\"a\"", "\"a\""));
  CHECK(has_etag("\"x\", W/\"a\"", "\"a\""));
  CHECK(has_etag("*", "\"a\""));
  CHECK_FALSE(has_etag("\"b\"", "\"a\""));
  CHECK_FALSE(has_etag("\"a\"", ""));
}

TEST_CASE("mentions are nicks behind an @ that begins a word", "[words]") {
  CHECK(mentions_of("@Bob and @bob, (@eve) a@b.org @@x @toolongtobeanickatall1 ä@nobody @") ==
        std::vector<std::string>{"bob", "eve"});
}

TEST_CASE("bearer tokens speak for their nick, or for whom a site in front names", "[sessions]") {
  TokenSessions sessions({{.secret = "s1", .nick = "alice"}, {.secret = "s2", .nick = "*"}});
  HttpRequest request;
  CHECK_FALSE(sessions.who(request));
  request.headers = {{"authorization", "Bearer s1"}, {"lapwing-nick", "bob"}};
  CHECK(sessions.who(request)->nick == "alice");
  request.headers[0].second = "Bearer s2";
  CHECK(sessions.who(request)->nick == "bob");
  CHECK(sessions.who(request)->may_change);
  request.headers[1].second = "no nick!";
  CHECK_FALSE(sessions.who(request));
  request.headers[0].second = "Bearer s3";
  CHECK_FALSE(sessions.who(request));
}

}  // namespace
}  // namespace gateway::web
