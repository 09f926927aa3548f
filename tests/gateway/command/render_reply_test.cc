// What people read when the bridge has answered.
#include <catch2/catch.hpp>
#include <string>

#include "gateway/command/command.h"
#include "gateway/command/parse.h"
#include "gateway/command/phrasing.h"
#include "gateway/command/texts.h"

namespace gateway::command {
namespace {

// What somebody typed, which must be a command.
Command typed(std::string_view text) {
  return std::get<Command>(parse(text));
}
std::string said(std::string_view text, const wire::Reply& reply) {
  return render_reply(typed(text), reply);
}
wire::Request asked(std::string_view text, std::string_view id = "id-1") {
  return to_request(typed(text), id).value();
}

wire::Reply phrases_of(std::initializer_list<std::pair<const char*, bool>> list) {
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

TEST_CASE("a list of what is kept in order says when it may go on") {
  wire::Reply reply;
  reply.mutable_order()->add_reserved("root");
  CHECK(said("op list", reply).ends_with("Reserved nicks: root\nRegistration: as configured"));
  while (reply.order().reserved_size() < 200) reply.mutable_order()->add_reserved("root");
  CHECK(said("op list", reply).find("root, root, and maybe more\n") != std::string::npos);
}

TEST_CASE("tracking names the canonical phrases, new and known ones apart") {
  CHECK(said("track NYC", phrases_of({{"nyc", true}})) == "Tracking: nyc");
  CHECK(said("track a, b, c", phrases_of({{"a", true}, {"b", false}, {"c", true}})) ==
        "Tracking: a, c\nTracked already: b");
  CHECK(said("untrack a, b", phrases_of({{"a", true}, {"b", false}})) ==
        "No longer tracking: a\nNot tracked before: b");
  CHECK(said("untrack all", phrases_of({})) == "You tracked nothing.");
  CHECK(said("tracks", phrases_of({{"a", false}, {"b c", false}})) == "You track: a, b c");
  CHECK(said("tracks", phrases_of({})) == "You track nothing.");
}

TEST_CASE("a track with a cap says so, and so does one whose cap has changed") {
  wire::Reply reply = phrases_of({{"a", true}, {"b", false}, {"c", false}, {"d", false}});
  for (const int i : {0, 1, 3}) reply.mutable_phrases()->mutable_phrases(i)->set_per_hour(10);
  for (const int i : {1, 2}) reply.mutable_phrases()->mutable_phrases(i)->set_recapped(true);
  CHECK(said("track a, b, c, d max 10/h", reply) ==
        "Tracking: a (at most 10 an hour)\n"
        "Tracking still: b (at most 10 an hour), c (without a cap)\n"
        "Tracked already: d (at most 10 an hour)");
  wire::Reply list = phrases_of({{"a", false}, {"b", false}});
  list.mutable_phrases()->mutable_phrases(1)->set_per_hour(3);
  CHECK(said("tracks", list) == "You track: a, b (at most 3 an hour)");
}

TEST_CASE("a word that is full is said, with the place in its line") {
  wire::Reply reply = phrases_of({{"tea", true}, {"soup", true}});
  reply.mutable_phrases()->mutable_phrases(0)->set_place(12);
  CHECK(said("track tea, soup", reply) ==
        "Tracking: soup\ntea is full: you are number 12 in line and will be told.");
  reply.mutable_phrases()->mutable_phrases(0)->set_changed(false);
  reply.mutable_phrases()->mutable_phrases(1)->set_changed(false);
  CHECK(said("track tea", reply) == "Tracked already: tea (full: you are number 12 in line), soup");
  CHECK(said("tracks", reply) == "You track: tea (full: you are number 12 in line), soup");
}

TEST_CASE("muting says what, and how long is left") {
  wire::Reply reply = phrases_of({{"nyc", true}, {"tea", false}});
  CHECK(said("mute nyc, tea", reply) == "Muted: nyc, tea");
  reply.mutable_phrases()->mutable_phrases(0)->set_ends_in_ms(7'200'000);
  CHECK(said("mute nyc, tea", reply) == "Muted: nyc (2 hours left), tea");
  CHECK(said("unmute a, b", phrases_of({{"a", true}, {"b", false}})) ==
        "No longer muted: a\nNot muted before: b");
  CHECK(said("unmute all", phrases_of({})) == "You muted nothing.");
  CHECK(said("mutes", phrases_of({})) == "You mute nothing.");
  CHECK(said("mutes", phrases_of({{"a", false}, {"b", false}})) == "You mute: a, b");
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
  CHECK(said("more nyc", more(20, 67)) == "Here come 20; 67 are left: say `more nyc`.");
  CHECK(said("more", more(1, 1)) == "Here comes 1; 1 is left: say `more`.");
  CHECK(said("more 50", more(50, 0)) == "Here come 50; nothing is left.");
  CHECK(said("more", more(0, 0)) == "Nothing is waiting for you.");
  CHECK(said("more", {}) == "That cannot be answered just now.");
}

TEST_CASE("blocking says what it does") {
  CHECK(said("block bob", done(true)) ==
        "You block bob now: nothing by bob reaches you, and neither of you follows the other.");
  CHECK(said("block bob", done(false)) == "You block bob already.");
  CHECK(said("unblock bob", done(true)) == "You no longer block bob.");
  CHECK(said("unblock bob", done(false)) == "You were not blocking bob.");
  CHECK(said("blocks", names({"bob"}, 1)) == "You block 1 person: bob");
  CHECK(said("blocks", names({}, 0)) == "You block nobody.");
}

TEST_CASE("a time zone is said back, and stands in the numbers") {
  CHECK(said("timezone Europe/Berlin", done(true)) ==
        "Times are shown as in Europe/Berlin from now on.");
  wire::Reply numbers;
  numbers.mutable_numbers()->set_zone("Europe/Berlin");
  CHECK(said("stats", numbers).ends_with("\nTime zone: Europe/Berlin"));
}

TEST_CASE("following says whether anything changed") {
  CHECK(said("follow bob", done(true)) == "You follow bob now.");
  CHECK(said("follow bob", done(false)) == "You follow bob already.");
  CHECK(said("leave bob", done(true)) == "You no longer follow bob.");
  CHECK(said("leave bob", done(false)) == "You were not following bob.");
}

TEST_CASE("a list that is longer than what came says so") {
  CHECK(said("follows", names({}, 0)) == "You follow nobody.");
  CHECK(said("follows", names({"bob"}, 1)) == "You follow 1 person: bob");
  CHECK(said("followers", names({"bob", "eve"}, 5)) ==
        "You are followed by 5 people: bob, eve and 3 more");
}

TEST_CASE("a post is confirmed with its number, a repeated one too") {
  wire::Reply reply;
  reply.mutable_published()->set_id(17);
  CHECK(said("post hi", reply) == "Posted as #17.");
  CHECK(said("d bob hi", reply) == "Sent to bob alone.");
  reply.mutable_published()->set_duplicate(true);
  CHECK(said("post hi", reply) == "That was posted already, as #17.");
}

TEST_CASE("whois and stats") {
  wire::Reply reply;
  reply.mutable_profile()->set_nick("bob");
  reply.mutable_profile()->set_joined_ms(1'700'000'000'000);
  reply.mutable_profile()->set_posts(1);
  reply.mutable_profile()->set_followers(2);
  CHECK(said("whois Bob", reply) ==
        "bob: here since 2023-11-14, 1 post, follows 0 people, followed by 2 people.");
  wire::Reply numbers;
  numbers.mutable_numbers()->set_nick("bob");
  numbers.mutable_numbers()->set_tracks(3);
  CHECK(said("stats", numbers).find("Tracks: 3") != std::string::npos);
}

TEST_CASE("an error is the bridge's own sentence") {
  CHECK(said("whois x", error(wire::UNKNOWN, "There is no x here.")) == "There is no x here.");
  CHECK(said("post x", error(wire::RATE_LIMITED, "Too many posts.", 1001)) ==
        "Too many posts. Try again in 2 seconds.");
  CHECK(said("post x", error(wire::RATE_LIMITED, "Too many posts.", 1000)) ==
        "Too many posts. Try again in 1 second.");
  CHECK(said("stats", error(wire::NOT_JOINED, "")).find("join NICK") != std::string::npos);
}

TEST_CASE("whoever cannot be answered is told how to mend that") {
  wire::Reply reply;
  reply.mutable_published()->set_one_way(true);
  CHECK(said("d bob hi", reply) ==
        "Sent to bob alone. To let bob answer you that way: `follow bob`");
}

TEST_CASE("what is said about a post names it") {
  wire::Reply reply = done(true);
  reply.mutable_done()->set_about(17);
  reply.mutable_done()->set_nick("bob");
  CHECK(said("fav bob", reply) == "#17 by bob is a favourite of yours.");
  CHECK(said("rt #17", reply) == "Passed on #17 by bob to those who follow you.");
  CHECK(said("unfav #17", reply) == "#17 by bob is no favourite of yours any more.");
  reply.mutable_done()->set_changed(false);
  CHECK(said("fav #17", reply) == "#17 by bob is one already.");
  CHECK(said("rt #17", reply) == "You passed on #17 by bob already.");
  CHECK(said("unfav #17", reply) == "#17 by bob was no favourite of yours.");
  wire::Reply replied;
  replied.mutable_published()->set_id(18);
  replied.mutable_published()->set_about(17);
  replied.mutable_published()->set_nick("bob");
  CHECK(said("r #17 so true", replied) == "Posted as #18, in reply to #17 by bob.");
}

TEST_CASE("what was taken back or corrected is named by its number") {
  CHECK(said("del #17", done(true)) == "Post #17 is gone.");
  CHECK(said("del 17", done(false)) == "Post #17 was gone already.");
  const Command correct{&correction(), {{"post", "#17"}, {"text", "tea"}}};
  CHECK(render_reply(correct, done(true)) == "Post #17 is corrected.");
  CHECK(render_reply(correct, done(false)) == "Post #17 says that already.");
  CHECK(to_request(correct, "")->correct().text() == "tea");
  CHECK(to_request(correct, "")->correct().post() == 17);
  CHECK(asked("del #17").retract().post() == 17);
}

TEST_CASE("a code for the website is told with how long it is good") {
  wire::Reply reply;
  reply.mutable_sign_in_code()->set_code("ABCDE-FGHIJ");
  reply.mutable_sign_in_code()->set_good_for_ms(120'000);
  CHECK(said("login", reply) ==
        "Your code for the website: ABCDE-FGHIJ\nIt works once, within 2 minutes. Whoever has it "
        "can sign in as you: tell it to nobody.");
  CHECK(asked("login").has_issue_code());
  reply.mutable_sign_in_code()->set_website("https://lapwing.example");
  CHECK_THAT(said("login", reply),
             Catch::EndsWith("\nhttps://lapwing.example/sign-in?code=ABCDE-FGHIJ"));
}

TEST_CASE("one's own data is behind a link, or behind a code where the website is not known") {
  wire::Reply reply;
  reply.mutable_sign_in_code()->set_code("ABCDE-FGHIJ");
  reply.mutable_sign_in_code()->set_good_for_ms(120'000);
  CHECK(said("export", reply) ==
        "Sign in on the website with this code, then choose \"Download my data\" among the "
        "settings: ABCDE-FGHIJ\nIt works once, within 2 minutes. Whoever has it can sign in as "
        "you: tell it to nobody.");
  reply.mutable_sign_in_code()->set_website("https://lapwing.example");
  CHECK_THAT(
      said("export", reply),
      Catch::Contains("https://lapwing.example/sign-in?back=/settings/export&code=ABCDE-FGHIJ"));
  CHECK(asked("export").has_issue_code());
}

TEST_CASE("a sign-in question is answered with yes and with no") {
  CHECK(asked("confirm K7QF-MX").answer_sign_in().transaction() == "K7QF-MX");
  CHECK(asked("confirm K7QF-MX").answer_sign_in().yes());
  CHECK_FALSE(asked("deny K7QF-MX").answer_sign_in().yes());
  wire::Reply reply;
  reply.mutable_done()->set_nick("Bob");
  CHECK(said("confirm K7QF-MX", reply) == "Thank you: that browser is signed in as Bob.");
  CHECK(said("deny K7QF-MX", reply) ==
        "Nobody is signed in. For ten minutes you will not be asked again.");
}

TEST_CASE("whoever renames themselves is told both names, and when they can again") {
  CHECK(asked("rename Bob").rename().to() == "Bob");
  wire::Reply reply;
  reply.mutable_done()->set_nick("alice");
  CHECK(said("rename Bob", reply) == "You are Bob here already.");
  reply.mutable_done()->set_changed(true);
  CHECK(said("rename Bob", reply) == "You are Bob here from now on, not alice.");
  reply.mutable_error()->set_code(wire::RATE_LIMITED);
  reply.mutable_error()->set_text("You have been renamed not long ago.");
  reply.mutable_error()->set_retry_after_ms(30 * 86'400'000U);
  CHECK(said("rename Bob", reply) == "You have been renamed not long ago. Try again in 30 days.");
}

TEST_CASE("an address is offered, a name taken") {
  CHECK(asked("link alice@example.org").offer_move().address() == "alice@example.org");
  CHECK(asked("link alice").take_move().nick() == "alice");
  wire::Reply reply;
  reply.mutable_move_offered()->set_nick("alice");
  reply.mutable_move_offered()->set_address("alice@example.org");
  reply.mutable_move_offered()->set_good_for_ms(600'000);
  CHECK(said("link alice@example.org", reply) ==
        "Nothing has changed yet. Now say `link alice` here from alice@example.org, within 10 "
        "minutes: then that is your address, and this one is not any more.");
  reply.mutable_moved()->set_nick("alice");
  CHECK(said("link alice", reply) ==
        "You are alice now, with all you follow and track and all that waits for you.");
}

TEST_CASE("posts are read in the order of a conversation") {
  wire::Reply reply;
  const auto add = [&](std::uint64_t id, const char* text, const char* to) {
    auto& item = *reply.mutable_posts()->add_items();
    item.set_id(id);
    item.set_author("bob");
    item.set_text(text);
    item.set_reply_to(to);
  };
  add(9, "and good night", "alice");
  add(7, "good morning", "");
  CHECK(said("get bob 2", reply) == "bob: good morning (#7)\nbob → alice: and good night (#9)");
  CHECK(said("favs", {}) == "You have no favourites: `fav #N` makes one.");
}

TEST_CASE("a sentence that was posted although it begins like a command says so") {
  wire::Reply reply;
  reply.mutable_published()->set_id(17);
  CHECK(said("on the way to the station I saw a lapwing", reply) ==
        "Posted as #17, though it begins with `on`: `del #17` takes it back.");
}

TEST_CASE("what may have been a sentence can still be posted") {
  const std::string text = said("follow me", error(wire::UNKNOWN, "There is no me here."));
  CHECK(text.starts_with("There is no me here."));
  CHECK(text.find("`post follow me`") != std::string::npos);
  CHECK(said("whois me", error(wire::UNKNOWN, "There is no me here.")) == "There is no me here.");
}

TEST_CASE("commands become requests, help stays here") {
  CHECK_FALSE(to_request(typed("help"), "1"));
  const auto publish = asked("hi there");
  CHECK(publish.publish().client_id() == "id-1");
  CHECK(publish.publish().plain());
  CHECK_FALSE(asked("post hi").publish().plain());
  CHECK(asked("d bob hi").direct().nick() == "bob");
  CHECK(asked("untrack all").untrack().all());
  CHECK(asked("track off").untrack().all());
  CHECK(asked("track").has_list_tracks());
  CHECK(asked("track nyc max 10/h").track().per_hour() == 10);
  CHECK(asked("track nyc").track().per_hour() == 0);
  CHECK(asked("block bob").block().nick() == "bob");
  CHECK(asked("unblock bob").unblock().nick() == "bob");
  CHECK(asked("mute nyc for 2h").mute().for_ms() == 7'200'000);
  CHECK(asked("unmute all").unmute().all());
  CHECK(asked("more nyc").more().phrase() == "nyc");
  CHECK(asked("more").more().count() == 0);
  CHECK(asked("more 50").more().count() == 50);
  CHECK(asked("more 101").more().count() == 100);
  CHECK(asked("more 999999999999999999").more().count() == 100);
  CHECK(asked("timezone UTC").set_zone().zone() == "UTC");
  CHECK(asked("yes").has_confirm());
  CHECK_FALSE(asked("off").set_delivery().on());
  CHECK(asked("fav #7").favourite().post().id() == 7);
  CHECK(asked("fav bob").favourite().post().nick() == "bob");
  CHECK(asked("rt 7").repost().post().id() == 7);
  CHECK(asked("r #7 yes").publish().in_reply_to().id() == 7);
  CHECK(asked("get bob 3").get().count() == 3);
  CHECK(asked("favs").list_favourites().count() == 5);
  CHECK(asked("nudge bob").nudge().nick() == "bob");
}

TEST_CASE("a post that begins with a name is addressed to it") {
  for (const char* text : {"@alice hi", "@alice: hi", "@alice, hi", "post @alice hi"}) {
    INFO(text);
    CHECK(asked(text).publish().in_reply_to().nick() == "alice");
    CHECK(asked(text).publish().addressed());
  }
  for (const char* text : {"hi @alice", "post #alice hi", "post @al-ice hi", "@ alice"})
    CHECK_FALSE(asked(text).publish().has_in_reply_to());
}

}  // namespace
}  // namespace gateway::command
