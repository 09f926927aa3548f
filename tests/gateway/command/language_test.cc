// The language, line by line: command, post, or question. See understanding.h for the right column.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/gateway/command/understanding.h"

namespace gateway::command {
namespace {

struct Line {
  const char* typed;
  const char* taken;
};

void check(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    INFO(line.typed);
    CHECK(taken_for(line.typed) == line.taken);
  }
}

TEST_CASE("operators: what they do to keep order") {
  check({
      {"op", "op"},
      {"OP Suspend @Bob", "op suspend nick=Bob"},
      {"op suspend bob the same\nlink", "op suspend nick=bob reason=the same\nlink"},
      {"op suspend", "? op suspend"},
      {"op restore bob", "op restore nick=bob"},
      {"op restore bob now", "? op restore"},
      {"op remove 17 rude", "op remove post=#17 reason=rude"},
      {"op remove bob", "? op remove"},
      {"op rename bob robert", "op rename nick=bob to=robert"},
      {"op ban example.org", "op ban domain=example.org"},
      {"op registration CLOSED", "op registration to=closed"},
      {"op registration maybe", "? op registration"},
      {"op announce We move on Monday.", "op announce text=We move on Monday."},
      {"op audit 5", "op audit count=5"},
      {"op audit", "op audit"},
      {"op dance", "? op"},
      {"opp suspend bob", "post! text=opp suspend bob"},
  });
}

TEST_CASE("to everybody else there are no commands of operators") {
  for (const char* line : {"op", "op suspend bob", "op suspend", "op dance"}) {
    CHECK(taken_for(as_said_by(false, parse(line))) == "?");
    CHECK(taken_for(as_said_by(true, parse(line))) == taken_for(line));
  }
  CHECK(taken_for(as_said_by(false, parse("help op"))) == "? help");
  CHECK(taken_for(as_said_by(true, parse("help op"))) == "help command=op operator=1");
  CHECK(taken_for(as_said_by(false, parse("help follow"))) == "help command=follow");
  CHECK(taken_for(as_said_by(false, parse("follow bob"))) == "follow nick=bob");
  CHECK(taken_for(as_said_by(false, parse("/op"))) == "?");
}

TEST_CASE("posts: writing, answering, passing on, reading") {
  check({
      {"post hello", "post text=hello"},
      {"POST hello", "post text=hello"},
      {"  Post   hello  ", "post text=hello"},
      {"post follow the money", "post text=follow the money"},
      {"post  two\n  lines ", "post text=two\n  lines"},
      {"post\nfirst\nsecond", "post text=first\nsecond"},
      {"post post", "post text=post"},
      {"post @alice hi", "post text=@alice hi"},
      {"post", "? post"},
      {"r #4 yes", "r post=#4 text=yes"},
      {"R #4 yes", "r post=#4 text=yes"},
      {"r 4 yes", "r post=#4 text=yes"},
      {"r  #4   two  words", "r post=#4 text=two  words"},
      {"r alice no\nway", "r post=alice text=no\nway"},
      {"reply @Alice no", "r post=Alice text=no"},
      {"r @2024 no", "r post=2024 text=no"},
      {"r", "? r"},
      {"r #4", "? r"},
      {"r #x yes", "? r"},
      {"r al-ice yes", "? r"},
      {"del #17", "del post=#17"},
      {"DEL 17", "del post=#17"},
      {"del", "? del"},
      {"del alice", "? del"},
      {"del #17 #18", "? del"},
      {"rt #4", "rt post=#4"},
      {"RT 4", "rt post=#4"},
      {"rt alice", "rt post=alice"},
      {"repeat #4", "rt post=#4"},
      {"rp #4", "rt post=#4"},
      {"rd #4", "rt post=#4"},
      {"repost @alice", "rt post=alice"},
      {"rt", "? rt"},
      {"rt #4 #5", "? rt"},
      {"rt @alice: so true", "? rt"},
      {"fav #4", "fav post=#4"},
      {"Fav alice", "fav post=alice"},
      {"favourite #4", "fav post=#4"},
      {"favorite #4", "fav post=#4"},
      {"fav", "? fav"},
      {"fav #", "? fav"},
      {"unfav #4", "unfav post=#4"},
      {"favs", "favs"},
      {"favs 3", "favs count=3"},
      {"favourites", "favs"},
      {"favs of mine", "? favs"},
      {"get alice", "get post=alice"},
      {"GET @alice", "get post=alice"},
      {"get alice 3", "get count=3 post=alice"},
      {"get #17", "get post=#17"},
      {"get 17", "get post=#17"},
      {"last alice", "get post=alice"},
      {"get", "? get"},
      {"get #17 3", "? get"},
      {"get alice three", "? get"},
      {"get well soon", "? get"},
      {"get a life you two", "? get"},
      {"last night was great", "? get"},
  });
}

TEST_CASE("people: following, writing to, keeping away") {
  check({
      {"follow alice", "follow nick=alice"},
      {"FOLLOW Alice", "follow nick=Alice"},
      {"  follow \t alice\n", "follow nick=alice"},
      {"follow @alice", "follow nick=alice"},
      {"sub alice", "follow nick=alice"},
      {"follow", "? follow"},
      {"follow @", "? follow"},
      {"follow alice bob", "? follow"},
      {"follow alice\nbob", "? follow"},
      {"follow al-ice", "? follow"},
      {"follow ålice", "? follow"},
      {"follow aaaaaaaaaaaaaaaaaaaaa", "? follow"},
      {"follow your dreams everyone", "? follow"},
      {"follow the money", "? follow"},
      {"leave alice", "leave nick=alice"},
      {"unsub alice", "leave nick=alice"},
      {"unfollow alice", "leave nick=alice"},
      {"leave", "? leave"},
      {"leave me alone", "? leave"},
      {"follows", "follows"},
      {"subscriptions", "follows"},
      {"follows alice", "? follows"},
      {"followers", "followers"},
      {"subscribers", "followers"},
      {"followers of fashion", "? followers"},
      {"whois alice", "whois nick=alice"},
      {"Whois @Alice", "whois nick=Alice"},
      {"whois", "? whois"},
      {"whois a b", "? whois"},
      {"d alice hi there", "d nick=alice text=hi there"},
      {"D @alice hi", "d nick=alice text=hi"},
      {"dm alice hi", "d nick=alice text=hi"},
      {"d alice one\ntwo", "d nick=alice text=one\ntwo"},
      {"d alice ☕ at five", "d nick=alice text=☕ at five"},
      {"d\xc2\xa0"
       "alice\xc2\xa0secret",
       "d nick=alice text=secret"},
      {"\xef\xbb\xbf"
       "d alice secret",
       "d nick=alice text=secret"},
      {"\xe2\x80\x8b"
       "d\xe3\x80\x80"
       "alice secret",
       "d nick=alice text=secret"},
      {"d", "? d"},
      {"d alice", "? d"},
      {"dm alice", "? d"},
      {"d !group text", "? d"},
      {"d al-ice the password is a very long secret that nobody must ever see", "? d"},
      {"nudge bob", "nudge nick=bob"},
      {"nudge", "? nudge"},
      {"nudge nudge wink wink", "? nudge"},
      {"block @Bob", "block nick=Bob"},
      {"block", "? block"},
      {"block a b", "? block"},
      {"unblock bob", "unblock nick=bob"},
      {"blocks", "blocks"},
      {"blocks away", "? blocks"},
  });
}

TEST_CASE("words: tracking, muting, more") {
  check({
      {"track nyc", "track phrases=nyc"},
      {"track  drinking   tea , \"walking san francisco\"",
       "track phrases=drinking tea , \"walking san francisco\""},
      {"TRACK Käse", "track phrases=Käse"},
      {"track 日本語, #birds, @alice", "track phrases=日本語, #birds, @alice"},
      {"track tea -milk", "track phrases=tea -milk"},
      {"track nyc, tea max 10/h", "track phrases=nyc, tea per_hour=10"},
      {"track  nyc,  tea  MAX 10/Hour", "track phrases=nyc, tea per_hour=10"},
      {"track nyc max 0/h", "track phrases=nyc"},
      {"track mad max", "track phrases=mad max"},
      {"track max 10/h", "track phrases=max 10/h"},
      {"track nyc max 123456/h", "track phrases=nyc max 123456/h"},
      {"track", "track"},
      {"track off", "track off=1"},
      {"Track OFF", "track off=1"},
      {"track off broadway", "track phrases=off broadway"},
      {"track a\nb", "? track"},
      {"untrack nyc", "untrack phrases=nyc"},
      {"untrack all", "untrack all=1"},
      {"untrack all stars", "untrack phrases=all stars"},
      {"untrack \"all\"", "untrack phrases=\"all\""},
      {"untrack", "? untrack"},
      {"tracks", "tracks"},
      {"tracking", "tracks"},
      {"tracking shot", "? tracks"},
      {"tracks of my tears", "? tracks"},
      {"more", "more"},
      {"more 50", "more count=50"},
      {"more night train", "more phrases=night train"},
      {"more \"2024\"", "more phrases=\"2024\""},
      {"more 50 nyc", "more phrases=50 nyc"},
      {"more coffee for all of us", "? more"},
      {"mute nyc", "mute phrases=nyc"},
      {"mute  big   spoiler for 2h", "mute phrases=big spoiler for=7200s"},
      {"mute nyc For 90M", "mute phrases=nyc for=5400s"},
      {"mute nyc for 30 minutes", "mute phrases=nyc for=1800s"},
      {"mute nyc for 2weeks", "mute phrases=nyc for=1209600s"},
      {"mute nyc for ever", "mute phrases=nyc for ever"},
      {"mute for 2h", "mute phrases=for 2h"},
      {"mute nyc for 0h", "mute phrases=nyc for 0h"},
      {"mute", "? mute"},
      {"unmute  night   train", "unmute phrases=night train"},
      {"UNMUTE All", "unmute all=1"},
      {"unmute", "? unmute"},
      {"mutes", "mutes"},
      {"mutes all", "? mutes"},
  });
}

TEST_CASE("you: help, membership, delivery") {
  check({
      {"help", "help"},
      {" HeLP ", "help"},
      {"help  Track", "help command=track"},
      {"help unsub", "help command=unsub"},
      {"help x", "? help"},
      {"help me move this couch", "? help"},
      {"join alice", "join nick=alice"},
      {"join", "? join"},
      {"join a b", "? join"},
      {"join the club", "? join"},
      {"join alice!", "? join"},
      {"on", "on"},
      {"ON", "on"},
      {"on fire", "? on"},
      {"on alice", "? on"},
      {"on my way home now", "? on"},
      {"off", "off"},
      {"stop", "off"},
      {"off to work", "? off"},
      {"stop it", "? off"},
      {"stop the press", "? off"},
      {"stats", "stats"},
      {"stats please", "? stats"},
      {"timezone Europe/Berlin", "timezone zone=Europe/Berlin"},
      {"timezone", "? timezone"},
      {"timezone Europe / Berlin", "? timezone"},
      {"login", "login"},
      {"login please", "? login"},
      {"confirm K7QF-MX", "confirm id=K7QF-MX"},
      {" CONFIRM  k7qf-mx ", "confirm id=k7qf-mx"},
      {"deny K7QF-MX", "deny id=K7QF-MX"},
      {"confirm", "? confirm"},
      {"confirm K7QFMX", "? confirm"},
      {"confirm K7QF-MX now", "? confirm"},
      {"confirm K1QF-MX", "? confirm"},
      {"confirm server", "? confirm"},
      {"confirm the date with bob", "? confirm"},
      {"deny", "? deny"},
      {"deny access", "? deny"},
      {"deny everything", "? deny"},
      {"confrim K7QF-MX", "? confirm"},
      {"confirmed at last", "post! text=confirmed at last"},
      {"confirms what we knew", "post! text=confirms what we knew"},
      {"dent in the car", "post! text=dent in the car"},
      {"export", "export"},
      {"  EXPORT ", "export"},
      {"export everything", "? export"},
      {"export ünder", "? export"},
      {"link alice", "link whom=alice"},
      {"LINK  @alice ", "link whom=alice"},
      {"link Alice@Example.ORG", "link whom=alice@example.org"},
      {"link alice@example.org/phone", "link whom=alice@example.org"},
      {"link xmpp:alice@example.org", "link whom=alice@example.org"},
      {"link bücher@bücher.example", "link whom=bücher@bücher.example"},
      {"link", "? link"},
      {"link alice bob", "? link"},
      {"link alice@example.org now", "? link"},
      {"link a@b@c", "? link"},
      {"link alice@", "? link"},
      {"link ünder", "? link"},
      {"link https://example.org/a", "? link"},
      {"rename alice", "rename nick=alice"},
      {" RENAME  @Alice_2 ", "rename nick=Alice_2"},
      {"rename", "? rename"},
      {"rename alice bob", "? rename"},
      {"rename ünder", "? rename"},
      {"renam alice", "? rename"},
      {"quit", "quit"},
      {"quit it", "? quit"},
      {"yes", "yes"},
      {"Yes", "yes"},
      {"yes we can", "post! text=yes we can"},
  });
}

TEST_CASE("what is no command is a post") {
  for (const char* text : {"good morning",
                           "I follow alice",
                           "@bob hello",
                           "/me waves",
                           "the end",
                           "d'accord",
                           "dogs are fine",
                           "hello",
                           "one two\nthree",
                           "#on",
                           "onward",
                           "café",
                           "日本語",
                           "/etc/passwd is readable",
                           "!important",
                           "automatic doors",
                           "in the end",
                           "of course",
                           "trick of the evening light",
                           "fellow travellers of the world",
                           "held back tears today",
                           "truck drivers on strike again today",
                           "tracked and traced",
                           "quite nice",
                           "leaves are falling",
                           "shop till you drop",
                           "step by step",
                           "joint effort of many",
                           "👋",
                           "https://example.org/ is nice",
                           "17",
                           "#17",
                           "rtfm"}) {
    INFO(text);
    CHECK(taken_for(text) == "post! text=" + std::string(text));
  }
}

TEST_CASE("one edit from a verb of four letters or more, with a plausible argument: a question") {
  check({
      {"folow alice", "? follow"},
      {"folllow alice", "? follow"},
      {"fallow alice", "? follow"},
      {"ofllow alice", "? follow"},
      {"follow: alice", "? follow"},
      {"leav alice", "? leave"},
      {"trak nyc", "? track"},
      {"trcak nyc", "? track"},
      {"track: nyc", "? track"},
      {"trak a, b, c, d e f", "? track"},
      {"trick or treat", "? track"},
      {"untrak nyc", "? untrack"},
      {"untrack: all", "? untrack"},
      {"hepl", "? help"},
      {"helpp", "? help"},
      {"help!", "? help"},
      {"hlep track", "? help"},
      {"stat", "? stats"},
      {"tracs", "? track"},
      {"whios alice", "? whois"},
      {"jion alice", "? join"},
      {"pots hello there", "? post"},
      {"psot hello", "? post"},
      {"unfolow bob", "? leave"},
      {"rpely #4 yes", "? r"},
      {"nugde bob", "? nudge"},
      {"quti", "? quit"},
      {"mtue nyc", "? mute"},
      {"blok bob", "? block"},
      {"laast alice", "? get"},
  });
}

TEST_CASE("other systems' marks are no posts") {
  check({
      {"/follow alice", "? follow"},
      {"/d alice secret", "? d"},
      {"!d alice secret", "? d"},
      {"/on", "? on"},
      {"`d alice hi`", "? d"},
      {"/msg alice secret", "?"},
      {"/quit", "? quit"},
      {"`stats`", "? stats"},
      {"``d alice hi``", "? d"},
      {"! follow alice", "? follow"},
  });
}

TEST_CASE("nearly a command of operators is no post, and to others like any unknown one") {
  for (const char* text : {"`op suspend bob`", "!op suspend bob", "/op suspend bob",
                           "! op ban example.org", "op suspnd bob", "op-list", "oplist", "`op`"}) {
    INFO(text);
    CHECK(taken_for(as_said_by(true, parse(text))).starts_with("? op"));
    CHECK(taken_for(as_said_by(false, parse(text))) == "?");
  }
}

TEST_CASE("help is about a command of two words, too, for whom there is such a command") {
  CHECK(taken_for(as_said_by(true, parse("help  OP   suspend"))) ==
        "help command=op suspend operator=1");
  CHECK(taken_for(as_said_by(false, parse("help op suspend"))) == "? help");
  CHECK(taken_for("help follow alice") == "? help");
}

TEST_CASE("what is not for human eyes is no post, nor is a machine's answer") {
  check({
      {"?OTRv23?", "encrypted"},
      {"?OTR:AAMC", "encrypted"},
      {"-----BEGIN PGP MESSAGE-----\n\nabc", "encrypted"},
      {"I sent you an OMEMO encrypted message but your client doesn't seem to", "encrypted"},
      {"[Auto-Reply] I am out", "automatic"},
      {"Auto response: back at 5", "automatic"},
      {"AUTOMATIC REPLY: gone fishing", "automatic"},
      {"Offline storage size was exceeded", "automatic"},
      {"", "nothing"},
      {" \n\t ", "nothing"},
  });
}

TEST_CASE("a long line whose first word is an ordinary one is surely a sentence, and told so") {
  check({
      {"on the way to the station I saw a lapwing",
       "post!! text=on the way to the station I saw a lapwing"},
      {"Last night we walked all the way up the hill",
       "post!! text=Last night we walked all the way up the hill"},
      {"get up early and the whole city is yours alone",
       "post!! text=get up early and the whole city is yours alone"},
      {"stop me if you think you have heard this one before",
       "post!! text=stop me if you think you have heard this one before"},
      {"untrack all of these\nmany words on two lines, whatever they are", "? untrack"},
      {"reply to everybody who wrote to me in the last week",
       "r post=to text=everybody who wrote "
       "to me in the last week"},
      {"quit my job and moved to the sea with nothing else", "? quit"},
  });
}

TEST_CASE("in answer to a post, plain text is a reply and a bare command is about it") {
  const auto about = [](const char* text) { return taken_for(about_post(parse(text), 17)); };
  CHECK(about("so true") == "r! text=so true post=#17");
  CHECK(about("fav") == "fav post=#17");
  CHECK(about("rt") == "rt post=#17");
  CHECK(about("get") == "get post=#17");
  CHECK(about("del") == "del post=#17");
  CHECK(about("r") == "? r");
  CHECK(about("stats") == "stats");
  CHECK(about("fav #3") == "fav post=#3");
  CHECK(about("follow the money") == "? follow");
  CHECK(about("d alice hi") == "d nick=alice text=hi");
}

}  // namespace
}  // namespace gateway::command
