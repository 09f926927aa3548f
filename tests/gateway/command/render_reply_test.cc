// What people read when the bridge has answered.
#include "gateway/command/render_reply.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/command/request.h"

namespace gateway::command {
namespace {

wire::Reply phrases(std::initializer_list<std::pair<const char*, bool>> list) {
  wire::Reply reply;
  for (const auto& [text, changed] : list) {
    auto* phrase = reply.mutable_phrases()->add_phrases();
    phrase->set_text(text);
    phrase->set_changed(changed);
  }
  return reply;
}

wire::Reply names(std::initializer_list<const char*> nicks, std::uint64_t total) {
  wire::Reply reply;
  for (const char* nick : nicks) reply.mutable_names()->add_nicks(nick);
  reply.mutable_names()->set_total(total);
  return reply;
}

wire::Reply done(bool changed) {
  wire::Reply reply;
  reply.mutable_done()->set_changed(changed);
  return reply;
}

wire::Reply error(wire::ErrorCode code, const char* text, std::uint32_t retry_after_ms = 0) {
  wire::Reply reply;
  reply.mutable_error()->set_code(code);
  reply.mutable_error()->set_text(text);
  reply.mutable_error()->set_retry_after_ms(retry_after_ms);
  return reply;
}

TEST_CASE("tracking names the canonical phrases, new and known ones apart") {
  CHECK(render_reply(Track{"NYC"}, phrases({{"nyc", true}})) == "Tracking: nyc");
  CHECK(render_reply(Track{"a, b, c"}, phrases({{"a", true}, {"b", false}, {"c", true}})) ==
        "Tracking: a, c\nTracked already: b");
  CHECK(render_reply(Untrack{"a, b"}, phrases({{"a", true}, {"b", false}})) ==
        "No longer tracking: a\nNot tracked before: b");
  CHECK(render_reply(Untrack{"", true}, phrases({})) == "You tracked nothing.");
  CHECK(render_reply(ListTracks{}, phrases({{"a", false}, {"b c", false}})) == "You track: a, b c");
  CHECK(render_reply(ListTracks{}, phrases({})) == "You track nothing.");
}

TEST_CASE("following says whether anything changed") {
  CHECK(render_reply(Follow{"bob"}, done(true)) == "You follow bob now.");
  CHECK(render_reply(Follow{"bob"}, done(false)) == "You follow bob already.");
  CHECK(render_reply(Leave{"bob"}, done(true)) == "You no longer follow bob.");
  CHECK(render_reply(Leave{"bob"}, done(false)) == "You were not following bob.");
}

TEST_CASE("a list that is longer than what came says so") {
  CHECK(render_reply(ListFollows{}, names({}, 0)) == "You follow nobody.");
  CHECK(render_reply(ListFollows{}, names({"bob"}, 1)) == "You follow 1 person: bob");
  CHECK(render_reply(ListFollowers{}, names({"bob", "eve"}, 5)) ==
        "You are followed by 5 people: bob, eve and 3 more");
}

TEST_CASE("a post is confirmed with its number, a repeated one too") {
  wire::Reply reply;
  reply.mutable_published()->set_id(17);
  CHECK(render_reply(Post{"hi", false}, reply) == "Posted as #17.");
  CHECK(render_reply(Direct{"bob", "hi"}, reply) == "Sent to bob alone.");
  reply.mutable_published()->set_duplicate(true);
  CHECK(render_reply(Post{"hi", false}, reply) == "That was posted already, as #17.");
}

TEST_CASE("whois and stats") {
  wire::Reply reply;
  reply.mutable_profile()->set_nick("bob");
  reply.mutable_profile()->set_joined_ms(1'700'000'000'000);
  reply.mutable_profile()->set_posts(1);
  reply.mutable_profile()->set_followers(2);
  CHECK(render_reply(Whois{"Bob"}, reply) ==
        "bob: here since 2023-11-14, 1 post, follows 0 people, followed by 2 people.");
  wire::Reply numbers;
  numbers.mutable_numbers()->set_nick("bob");
  numbers.mutable_numbers()->set_tracks(3);
  CHECK(render_reply(Stats{}, numbers).find("Tracks: 3") != std::string::npos);
}

TEST_CASE("an error is the bridge's own sentence") {
  CHECK(render_reply(Follow{"x"}, error(wire::UNKNOWN, "There is no x here.")) ==
        "There is no x here.");
  CHECK(render_reply(Post{"x", false}, error(wire::RATE_LIMITED, "Too many posts.", 1001)) ==
        "Too many posts. Try again in 2 seconds.");
  CHECK(render_reply(Post{"x", false}, error(wire::RATE_LIMITED, "Too many posts.", 1000)) ==
        "Too many posts. Try again in 1 second.");
  CHECK(render_reply(Stats{}, error(wire::NOT_JOINED, "")).find("join NICK") != std::string::npos);
}

TEST_CASE("commands become requests, help stays here") {
  CHECK_FALSE(to_request(Help{}, "1"));
  const auto publish = to_request(Post{.text = "hi", .plain = true}, "id-1");
  REQUIRE(publish);
  CHECK(publish->publish().client_id() == "id-1");
  CHECK(publish->publish().plain());
  CHECK(to_request(Direct{"bob", "hi"}, "id-2")->direct().nick() == "bob");
  CHECK(to_request(Untrack{"", true}, "")->untrack().all());
  CHECK(to_request(Yes{}, "")->has_confirm());
  CHECK_FALSE(to_request(SetDelivery{false}, "")->set_delivery().on());
}

}  // namespace
}  // namespace gateway::command
