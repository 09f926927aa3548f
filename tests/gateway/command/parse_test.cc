// What people type, and what it must and must not become.
#include "gateway/command/parse.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/command/texts.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

template <class T>
T as(std::string_view text) {
  INFO("typed: " << text);
  const Parsed parsed = parse(text);
  const auto* command = std::get_if<Command>(&parsed);
  REQUIRE(command != nullptr);
  const T* wanted = std::get_if<T>(command);
  REQUIRE(wanted != nullptr);
  return *wanted;
}

template <class T>
bool is(std::string_view text) {
  const Parsed parsed = parse(text);
  return std::holds_alternative<T>(parsed);
}

// Would this go out to everybody, at once or after a yes?
bool posts(std::string_view text) {
  const Parsed parsed = parse(text);
  const auto* command = std::get_if<Command>(&parsed);
  return command && std::holds_alternative<Post>(*command);
}

TEST_CASE("every command is understood, in any case and spacing") {
  CHECK(as<Help>("help").about == nullptr);
  CHECK(as<Help>(" HeLP ").about == nullptr);
  CHECK(as<Help>("help  Track").about->name == "track");
  CHECK(as<Help>("help unsub").about->name == "leave");
  CHECK(as<Join>("join alice").nick == "alice");
  CHECK(as<SetDelivery>("on").on);
  CHECK_FALSE(as<SetDelivery>("OFF").on);
  CHECK(as<Follow>("  follow \t alice\n").nick == "alice");
  CHECK(as<Follow>("FOLLOW Alice").nick == "Alice");
  CHECK(as<Follow>("follow @alice").nick == "alice");
  CHECK(as<Leave>("leave alice").nick == "alice");
  as<ListFollows>("follows");
  as<ListFollowers>("followers");
  CHECK(as<Track>("track nyc").phrases == "nyc");
  CHECK(as<Track>("track  drinking   tea , \"walking san francisco\"").phrases ==
        "drinking tea , \"walking san francisco\"");
  as<ListTracks>("track");
  as<ListTracks>("tracks");
  CHECK(as<Untrack>("untrack nyc").phrases == "nyc");
  CHECK(as<Whois>("whois alice").nick == "alice");
  as<Stats>("stats");
  CHECK(as<Block>("block @Bob").nick == "Bob");
  CHECK(as<Unblock>("unblock bob").nick == "bob");
  as<ListBlocks>("blocks");
  CHECK(as<Unmute>("unmute  night   train").phrases == "night train");
  CHECK(as<Unmute>("UNMUTE All").all);
  as<ListMutes>("mutes");
  CHECK(as<SetZone>("timezone Europe/Berlin").zone == "Europe/Berlin");
  as<Login>("login");
  as<Quit>("quit");
  as<Yes>("Yes");
  CHECK(as<Direct>("d alice hi there").nick == "alice");
  CHECK(as<Direct>("d alice hi there").text == "hi there");
}

TEST_CASE("the historic synonyms mean what they meant") {
  CHECK_FALSE(as<SetDelivery>("stop").on);
  CHECK(as<Follow>("sub alice").nick == "alice");
  CHECK(as<Leave>("unsub alice").nick == "alice");
  CHECK(as<Leave>("unfollow alice").nick == "alice");
  CHECK(as<Direct>("dm alice hi").text == "hi");
  as<ListTracks>("tracking");
  as<ListFollows>("subscriptions");
  as<ListFollowers>("subscribers");
  CHECK(as<Untrack>("track off").all);
  CHECK(as<Untrack>("Track OFF").all);
  CHECK(as<Untrack>("untrack all").all);
}

TEST_CASE("`off` and `all` are whole lines; in longer ones they are words of a phrase") {
  CHECK(as<Track>("track off broadway").phrases == "off broadway");
  CHECK(as<Untrack>("untrack all stars").phrases == "all stars");
  CHECK(as<Untrack>("untrack \"all\"").phrases == "\"all\"");
}

TEST_CASE("a track may end in a cap") {
  CHECK(as<Track>("track nyc").per_hour == 0);
  for (const char* text :
       {"track nyc, tea max 10/h", "track  nyc,  tea  MAX 10/H", "track nyc, tea max 10/hour"}) {
    INFO(text);
    CHECK(as<Track>(text).phrases == "nyc, tea");
    CHECK(as<Track>(text).per_hour == 10);
  }
  CHECK(as<Track>("track nyc max 0/h").phrases == "nyc");
  for (const char* phrase : {"max 10/h", "mad max", "nyc max 10", "nyc max ten/h", "nyc max /h",
                             "nyc max 123456/h", "nyc 10/h"}) {
    INFO(phrase);
    CHECK(as<Track>("track " + std::string(phrase)).phrases == phrase);
    CHECK(as<Track>("track " + std::string(phrase)).per_hour == 0);
  }
}

TEST_CASE("a mute may end in how long it lasts") {
  using namespace std::chrono_literals;
  CHECK(as<Mute>("mute nyc").how_long == 0ms);
  CHECK(as<Mute>("mute  big   spoiler for 2h").phrases == "big spoiler");
  CHECK(as<Mute>("mute nyc for 2h").how_long == 2h);
  CHECK(as<Mute>("mute nyc For 90M").how_long == 90min);
  CHECK(as<Mute>("mute nyc for 30 minutes").how_long == 30min);
  CHECK(as<Mute>("mute nyc for 1 day").how_long == 24h);
  CHECK(as<Mute>("mute nyc for 2weeks").how_long == 14 * 24h);
  CHECK(as<Mute>("mute too good for 10 days for 3 days").phrases == "too good for 10 days");
  for (const char* phrase : {"for 2h", "waiting for 2", "nyc for ever", "nyc for 0h",
                             "nyc for 2 2h", "nyc for h", "nyc for 123456h", "nyc 2h"}) {
    INFO(phrase);
    CHECK(as<Mute>("mute " + std::string(phrase)).phrases == phrase);
    CHECK(as<Mute>("mute " + std::string(phrase)).how_long == 0ms);
  }
}

TEST_CASE("more takes a number or a phrase, or nothing") {
  CHECK(as<More>("more").phrase.empty());
  CHECK(as<More>("more").count == 0);
  CHECK(as<More>("More 50").count == 50);
  CHECK(as<More>("more 50").phrase.empty());
  CHECK(as<More>("more 101").count == 100);
  CHECK(as<More>("more 99999999999999999999").count == 100);
  CHECK(as<More>("more  night   train").phrase == "night train");
  CHECK(as<More>("more \"2024\"").phrase == "\"2024\"");
  CHECK(as<More>("more 50 nyc").phrase == "50 nyc");
}

TEST_CASE("post takes any text as it is, newlines included") {
  CHECK(as<Post>("post follow the money").text == "follow the money");
  CHECK(as<Post>("POST  two\n  lines ").text == "two\n  lines");
  CHECK(as<Post>("post\nfirst\nsecond").text == "first\nsecond");
  CHECK_FALSE(as<Post>("post hello").plain);
  CHECK(is<WrongArguments>("post"));
  CHECK(is<WrongArguments>("post   \n"));
}

TEST_CASE("a direct message keeps its newlines") {
  CHECK(as<Direct>("d alice one\ntwo").text == "one\ntwo");
}

TEST_CASE("what is no command is a post, and known to be plain") {
  for (const char* text : {"good morning", "I follow alice", "@bob hello", "/me waves",
                           "yes we can", "the end", "d'accord", "dogs are fine", "hello",
                           "one two\nthree", "#on", "onward", "trick of the evening light", "café",
                           "日本語", "/etc/passwd is readable", "!important", "automatic doors"}) {
    INFO(text);
    CHECK(posts(text));
    CHECK(as<Post>(text).plain);
  }
  CHECK(as<Post>("  two\n lines  ").text == "two\n lines");
}

TEST_CASE("a known verb with arguments that do not fit is never published") {
  for (const Entry& entry : catalog()) {
    std::vector<std::string> names{std::string(entry.name)};
    for (const std::string_view synonym : entry.synonyms) names.emplace_back(synonym);
    for (const std::string& name : names) {
      for (const char* rest : {"", " alice", " alice bob", " the quick brown fox", " !", " a\nb",
                               " \xff\xfe", " track", " @", " -", " aaaaaaaaaaaaaaaaaaaaa"}) {
        const std::string text = name + rest;
        INFO(text);
        if (entry.verb == Verb::kPost) continue;
        CHECK_FALSE(posts(text));
      }
    }
  }
}

TEST_CASE("arity: none, one nick, a nick and a text, a phrase") {
  for (const char* text : {"on alice",
                           "off to work",
                           "stop the press",
                           "follows alice",
                           "followers of fashion",
                           "subscriptions x",
                           "subscribers x",
                           "tracks of my tears",
                           "tracking shot",
                           "stats please",
                           "quit it",
                           "help me move this couch",
                           "help x",
                           "join",
                           "join a b",
                           "join the club",
                           "join alice!",
                           "join aaaaaaaaaaaaaaaaaaaaa",
                           "follow",
                           "follow the money",
                           "follow alice bob",
                           "follow alice\nbob",
                           "follow @",
                           "sub",
                           "sub marine boat",
                           "leave",
                           "leave me alone",
                           "unsub",
                           "unfollow a b",
                           "whois",
                           "whois a b",
                           "d",
                           "d alice",
                           "dm alice",
                           "d !group text",
                           "d al-ice hi",
                           "untrack",
                           "track a\nb",
                           "untrack a\nb",
                           "block",
                           "block a b",
                           "blocks away",
                           "mute",
                           "mutes all",
                           "unmute",
                           "timezone",
                           "timezone Europe / Berlin",
                           "post"}) {
    INFO(text);
    CHECK(is<WrongArguments>(text));
  }
}

TEST_CASE("del takes the number of a post, with its sign or without") {
  for (const char* text : {"del #17", "del 17", "DEL  #17 "}) {
    INFO(text);
    CHECK(as<Delete>(text).post == 17);
  }
  for (const char* text :
       {"del", "del #", "del #0", "del all", "del #1 #2", "del #-1", "del 99999999999999999999"}) {
    INFO(text);
    CHECK(is<WrongArguments>(text));
  }
}

TEST_CASE("commands to come are recognised and not published") {
  for (const char* text : {"r #4 yes", "reply alice no", "get bob", "last bob", "get well soon",
                           "fav #1", "rt #1", "repeat #1", "nudge bob"}) {
    INFO(text);
    CHECK(is<NotAvailable>(text));
  }
}

TEST_CASE(
    "one edit from a verb of four letters or more, with a plausible argument, is a question") {
  for (const char* text : {"folow alice",    "folllow alice",
                           "fallow alice",   "ofllow alice",
                           "leav alice",     "trak nyc",
                           "trcak nyc",      "track: nyc",
                           "follow: alice",  "untrak nyc",
                           "untrack: all",   "hepl",
                           "helpp",          "help!",
                           "hlep track",     "stat",
                           "tracs",          "whios alice",
                           "jion alice",     "pots hello there",
                           "psot hello",     "folows",
                           "unfolow bob",    "/follow alice",
                           "trick or treat", "trak a, b, c, d e f"}) {
    INFO(text);
    CHECK(is<Suspicious>(text));
  }
}

TEST_CASE("one edit away with arguments no command would have is a sentence") {
  for (const char* text :
       {"fellow travellers of the world", "held back tears today",
        "truck drivers on strike again today", "tracked and traced", "quite nice",
        "leaves are falling", "shop till you drop", "step by step", "joint effort of many"}) {
    INFO(text);
    CHECK(posts(text));
  }
}

TEST_CASE("a short verb is not guessed, but a marked one is not published either") {
  CHECK(posts("in the end"));
  CHECK(posts("of course"));
  for (const char* text : {"/d alice secret", "!d alice secret", "/on", "`d alice hi`",
                           "/msg alice secret", "/quit"}) {
    INFO(text);
    CHECK(is<Suspicious>(text));
  }
}

TEST_CASE("a space that is not an ASCII space does not turn a secret into a post") {
  CHECK(as<Direct>("d\xc2\xa0"
                   "alice\xc2\xa0secret")
            .text == "secret");
  CHECK(as<Direct>("\xef\xbb\xbf"
                   "d alice secret")
            .nick == "alice");
  CHECK(as<Direct>("\xe2\x80\x8b"
                   "d\xe3\x80\x80"
                   "alice secret")
            .nick == "alice");
  CHECK(as<Follow>("follow alice\xe2\x80\xa9").nick == "alice");
}

TEST_CASE("encrypted messages are told so, machines are not answered") {
  CHECK(is<Encrypted>("?OTRv23?"));
  CHECK(is<Encrypted>("?OTR:AAMC"));
  CHECK(is<Encrypted>("I sent you an OMEMO encrypted message but your client doesn't seem to"));
  CHECK(is<Ignored>("[Auto-Reply] I am out"));
  CHECK(is<Ignored>("Auto response: back at 5"));
  CHECK(is<Ignored>("Offline storage size was exceeded"));
  CHECK(is<Ignored>(""));
  CHECK(is<Ignored>(" \n\t "));
}

TEST_CASE("the answer says why, how it is written, and how to post it anyway") {
  const Parsed parsed = parse("help me move\nthis couch");
  const std::string text = answer(std::get<WrongArguments>(parsed));
  CHECK(text.find("help [COMMAND]") != std::string::npos);
  CHECK(text.find("post help me move this couch") != std::string::npos);
  const Parsed near = parse("folow alice");
  CHECK(answer(std::get<Suspicious>(near)).find("follow NICK") != std::string::npos);
}

TEST_CASE("what an answer advises to send does post") {
  const Parsed parsed = parse("follow the money");
  const auto& wrong = std::get<WrongArguments>(parsed);
  CHECK(posts("post " + wrong.written));
}

TEST_CASE("a long text is quoted short, cut between characters") {
  std::string text = "follow ";
  for (int i = 0; i < 200; ++i) text += "é";
  const Parsed parsed = parse(text + " x");
  const std::string reply = answer(std::get<WrongArguments>(parsed));
  CHECK(reply.size() < 400);
  CHECK(reply.find("é…") != std::string::npos);
}

TEST_CASE("any bytes are taken") {
  CHECK(rc::check("parse never fails, and a post is never empty", [](const std::string& text) {
    const Parsed parsed = parse(text);
    if (const auto* command = std::get_if<Command>(&parsed)) {
      if (const auto* post = std::get_if<Post>(command)) RC_ASSERT(!trim(post->text).empty());
    }
  }));
  CHECK(rc::check("no post begins with a verb, unless told to", [] {
    const auto entries = catalog();
    const Entry& entry = entries[*rc::gen::inRange<std::size_t>(0, entries.size())];
    const std::string rest = *rc::gen::arbitrary<std::string>();
    RC_PRE(entry.verb != Verb::kPost);
    RC_ASSERT(!posts(std::string(entry.name) + " " + rest));
  }));
}

TEST_CASE("one edit is an insertion, a deletion, a substitution or a swap") {
  CHECK(one_edit_apart("track", "trackk"));
  CHECK(one_edit_apart("track", "rack"));
  CHECK(one_edit_apart("track", "trock"));
  CHECK(one_edit_apart("track", "trcak"));
  CHECK(one_edit_apart("a", ""));
  CHECK_FALSE(one_edit_apart("track", "track"));
  CHECK_FALSE(one_edit_apart("track", "trkca"));
  CHECK_FALSE(one_edit_apart("track", "tr"));
  CHECK_FALSE(one_edit_apart("", ""));
}

}  // namespace
}  // namespace gateway::command
