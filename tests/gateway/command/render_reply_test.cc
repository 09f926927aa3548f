// What people read when the bridge has answered.
#include "gateway/command/render_reply.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/command/request.h"
#include "gateway/command/texts.h"

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

TEST_CASE("a track with a cap says so, and so does one whose cap has changed") {
  wire::Reply reply = phrases({{"a", true}, {"b", false}, {"c", false}, {"d", false}});
  for (const int i : {0, 1, 3}) reply.mutable_phrases()->mutable_phrases(i)->set_per_hour(10);
  for (const int i : {1, 2}) reply.mutable_phrases()->mutable_phrases(i)->set_recapped(true);
  CHECK(render_reply(Track{"a, b, c, d", 10}, reply) ==
        "Tracking: a (at most 10 an hour)\n"
        "Tracking still: b (at most 10 an hour), c (without a cap)\n"
        "Tracked already: d (at most 10 an hour)");
  wire::Reply list = phrases({{"a", false}, {"b", false}});
  list.mutable_phrases()->mutable_phrases(1)->set_per_hour(3);
  CHECK(render_reply(ListTracks{}, list) == "You track: a, b (at most 3 an hour)");
}

TEST_CASE("muting says what, and how long is left") {
  wire::Reply reply = phrases({{"nyc", true}, {"tea", false}});
  CHECK(render_reply(Mute{"nyc, tea"}, reply) == "Muted: nyc, tea");
  reply.mutable_phrases()->mutable_phrases(0)->set_ends_in_ms(7'200'000);
  CHECK(render_reply(Mute{"nyc, tea"}, reply) == "Muted: nyc (2 hours left), tea");
  CHECK(render_reply(Unmute{"a, b"}, phrases({{"a", true}, {"b", false}})) ==
        "No longer muted: a\nNot muted before: b");
  CHECK(render_reply(Unmute{"", true}, phrases({})) == "You muted nothing.");
  CHECK(render_reply(ListMutes{}, phrases({})) == "You mute nothing.");
  CHECK(render_reply(ListMutes{}, phrases({{"a", false}, {"b", false}})) == "You mute: a, b");
}

TEST_CASE("how long something lasts is said in the unit that suits it, rounded up") {
  CHECK(how_long(1) == "1 second");
  CHECK(how_long(59'001) == "60 seconds");
  CHECK(how_long(60'000) == "1 minute");
  CHECK(how_long(3'600'000) == "1 hour");
  CHECK(how_long(7'199'000) == "2 hours");
  CHECK(how_long(86'400'000) == "24 hours");
  CHECK(how_long(129'600'000) == "2 days");
}

TEST_CASE("more says how many come, how many are left, and how to get those") {
  const auto more = [](std::uint32_t coming, std::uint64_t left) {
    wire::Reply reply;
    reply.mutable_more()->set_coming(coming);
    reply.mutable_more()->set_left(left);
    return reply;
  };
  CHECK(render_reply(More{"nyc"}, more(20, 67)) == "Here come 20; 67 are left: say `more nyc`.");
  CHECK(render_reply(More{}, more(1, 1)) == "Here comes 1; 1 is left: say `more`.");
  CHECK(render_reply(More{"", 50}, more(50, 0)) == "Here come 50; nothing is left.");
  CHECK(render_reply(More{}, more(0, 0)) == "Nothing is waiting for you.");
  CHECK(render_reply(More{}, {}) == "That cannot be answered just now.");
}

TEST_CASE("a post that is taken back is gone, once") {
  CHECK(to_request(Delete{17}, "")->retract().post() == 17);
  CHECK(render_reply(Delete{17}, done(true)) == "Post #17 is gone.");
  CHECK(render_reply(Delete{17}, done(false)) == "Post #17 was gone already.");
}

TEST_CASE("blocking says what it does") {
  CHECK(render_reply(Block{"bob"}, done(true)) ==
        "You block bob now: nothing by bob reaches you, and neither of you follows the other.");
  CHECK(render_reply(Block{"bob"}, done(false)) == "You block bob already.");
  CHECK(render_reply(Unblock{"bob"}, done(true)) == "You no longer block bob.");
  CHECK(render_reply(Unblock{"bob"}, done(false)) == "You were not blocking bob.");
  CHECK(render_reply(ListBlocks{}, names({"bob"}, 1)) == "You block 1 person: bob");
  CHECK(render_reply(ListBlocks{}, names({}, 0)) == "You block nobody.");
}

TEST_CASE("a time zone is said back, and stands in the numbers") {
  CHECK(render_reply(SetZone{"Europe/Berlin"}, done(true)) ==
        "Times are shown as in Europe/Berlin from now on.");
  wire::Reply numbers;
  numbers.mutable_numbers()->set_zone("Europe/Berlin");
  CHECK(render_reply(Stats{}, numbers).ends_with("\nTime zone: Europe/Berlin"));
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
  CHECK(to_request(Track{"nyc", 10}, "")->track().per_hour() == 10);
  CHECK(to_request(Block{"bob"}, "")->block().nick() == "bob");
  CHECK(to_request(Unblock{"bob"}, "")->unblock().nick() == "bob");
  CHECK(to_request(Mute{"nyc", std::chrono::hours(2)}, "")->mute().for_ms() == 7'200'000);
  CHECK(to_request(Unmute{"", true}, "")->unmute().all());
  CHECK(to_request(More{"nyc", 50}, "")->more().phrase() == "nyc");
  CHECK(to_request(More{"", 50}, "")->more().count() == 50);
  CHECK(to_request(SetZone{"UTC"}, "")->set_zone().zone() == "UTC");
  CHECK(to_request(Yes{}, "")->has_confirm());
  CHECK_FALSE(to_request(SetDelivery{false}, "")->set_delivery().on());
}

TEST_CASE("a code for the website comes with its time and a warning") {
  CHECK(to_request(Login{}, "")->has_issue_code());
  wire::Reply reply;
  reply.mutable_sign_in_code()->set_code("K7QF2-MXPAB");
  reply.mutable_sign_in_code()->set_good_for_ms(120'000);
  CHECK(
      render_reply(Login{}, reply) ==
      "Your code for the website: K7QF2-MXPAB\nIt works once, within 2 minutes. Whoever has it can "
      "sign in as you: tell it to nobody.");
}

}  // namespace
}  // namespace gateway::command
