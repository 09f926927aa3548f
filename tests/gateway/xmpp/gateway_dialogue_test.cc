// Stories of people who talk to the bot.
#include <catch2/catch.hpp>

#include "gateway_world.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

constexpr auto kBob = "bob@example.org/phone";
constexpr auto kBare = "bob@example.org";

TEST_CASE("a newcomer joins, tracks, and gets what they track") {
  World world;
  world.up();
  world.presence(kBare, "subscribe");
  CHECK_THAT(world.to(kBare), Contains("subscribed") && Contains("subscribe"));
  world.presence(kBob);
  CHECK(world.available(kBare));

  world.says(kBob, "track nyc");
  CHECK_THAT(world.to(kBob), Contains("join NICK"));
  world.says(kBob, "join bob");
  CHECK_THAT(world.to(kBob), Contains("Welcome, bob"));
  world.says(kBob, "track nyc");
  CHECK_THAT(world.to(kBob), Contains("Tracking: nyc"));

  world.clear();
  world.deliver(World::post(17, "alice", "hello nyc"), {kBare}, wire::TRACK, "nyc");
  CHECK_THAT(world.to(kBare), Contains("[nyc] alice: hello nyc") && Contains("p17"));
  CHECK(world.peer().acknowledged() == 0);
  world.server_takes();
  CHECK(world.peer().acknowledged() == 1);
}

TEST_CASE("who joins is asked to let themselves be seen") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  CHECK_THAT(world.to(kBare), Contains("'subscribe'"));
  CHECK_THAT(world.to(kBob), Contains("accept my contact request"));
}

TEST_CASE("presence known before the joining is told again after it") {
  World world;
  world.up();
  world.presence(kBob);
  const std::size_t before = world.peer().heard().presence.size();
  world.says(kBob, "join bob");
  CHECK(world.peer().heard().presence.size() == before + 1);
  CHECK(world.available(kBare));
}

TEST_CASE("a newcomer's first plain text is posted after one yes, and the next ones at once") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "good morning", "m7");
  CHECK(world.posts.empty());
  CHECK_THAT(world.to(kBob), Contains("yes") && Contains("good morning"));
  world.says(kBob, "yes", "m8");
  REQUIRE(world.posts == std::vector<std::string>{"good morning"});
  CHECK(world.requests.back().publish().client_id() == "m7");
  CHECK_THAT(world.to(kBob), Contains("Posted as #1"));
  world.says(kBob, "and on", "m9");
  CHECK(world.posts.size() == 2);
}

TEST_CASE("a yes that comes too late, twice or unasked posts nothing") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "yes");
  CHECK_THAT(world.to(kBob), Contains("Nothing is waiting"));
  world.says(kBob, "good morning");
  world.pass(std::chrono::minutes(6));
  world.says(kBob, "yes");
  CHECK(world.posts.empty());
  world.says(kBob, "good day");
  world.says(kBob, "yes");
  world.says(kBob, "yes");
  CHECK(world.posts == std::vector<std::string>{"good day"});
}

TEST_CASE("a text waiting for a yes survives a bridge that is away for the yes") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "good morning");
  world.refuse_with.set_code(wire::UNAVAILABLE);
  world.says(kBob, "yes");
  CHECK(world.posts.empty());
  world.refuse_with.clear_code();
  world.says(kBob, "yes");
  CHECK(world.posts == std::vector<std::string>{"good morning"});
}

TEST_CASE("with the bridge away a command is told to wait, and nothing is kept") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.bridge_down();
  world.clear();
  world.says(kBob, "post hello", "m9");
  CHECK_THAT(world.to(kBob), Contains("error") && Contains("wait") &&
                                 Contains("remote-server-timeout") && Contains("m9"));
  world.says(kBob, "help");
  CHECK_THAT(world.to(kBob), Contains("join NICK"));
  world.bridge_up();
  CHECK(world.posts.empty());
  world.says(kBob, "post hello");
  CHECK(world.posts.size() == 1);
}

TEST_CASE("a refusal that time will mend is a wait error with the seconds") {
  World world;
  world.up();
  world.refuse_with.set_code(wire::RATE_LIMITED);
  world.refuse_with.set_text("That is too many posts.");
  world.refuse_with.set_retry_after_ms(3500);
  world.says(kBob, "post hello");
  CHECK_THAT(world.to(kBob), Contains("wait") && Contains("resource-constraint") &&
                                 Contains("That is too many posts. Try again in 4 seconds."));
}

TEST_CASE("a post carries the sender's own id, so that it can come twice") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  Stanza stanza;
  stanza.from = *Jid::parse(kBob);
  stanza.to = *Jid::parse("lapwing@im.example.org");
  stanza.body = "post hello";
  stanza.id = "stanza-id";
  stanza.origin_id = "origin-id";
  world.gets(stanza);
  CHECK(world.requests.back().publish().client_id() == "origin-id");
  stanza.origin_id.clear();
  world.gets(stanza);
  CHECK(world.requests.back().publish().client_id() == "stanza-id");
  stanza.id.clear();
  world.gets(stanza);
  const std::string made_up = world.requests.back().publish().client_id();
  CHECK_FALSE(made_up.empty());
  world.gets(stanza);
  CHECK(world.requests.back().publish().client_id() != made_up);
  stanza.id.assign(1000, 'x');
  world.gets(stanza);
  CHECK(world.requests.back().publish().client_id().size() == 128);
}

TEST_CASE("a receipt is sent once the bridge has taken it, and not before") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.clear();
  Stanza stanza;
  stanza.from = *Jid::parse(kBob);
  stanza.to = *Jid::parse("lapwing@im.example.org");
  stanza.body = "post hello";
  stanza.id = "m5";
  stanza.receipt_requested = true;
  world.peer().hold_replies(true);
  world.gets(stanza);
  CHECK(world.out().empty());
  world.peer().hold_replies(false);
  world.turn();
  CHECK_THAT(world.to(kBob), Contains("urn:xmpp:receipts") && Contains("m5"));

  world.clear();
  world.refuse_with.set_code(wire::UNAVAILABLE);
  world.gets(stanza);
  CHECK_THAT(world.out(), !Contains("urn:xmpp:receipts"));
}

TEST_CASE("the bare domain answers like the bot, from itself") {
  World world;
  world.up();
  world.says(kBob, "help", "m1", "im.example.org");
  CHECK_THAT(world.to(kBob), Contains("track PHRASE") && Contains("from='im.example.org'"));
}

// A message of bob's client that corrects or takes back an earlier one.
Stanza changes(std::string_view replaces, std::string_view retracts, std::string_view body) {
  Stanza stanza;
  stanza.from = *Jid::parse(kBob);
  stanza.to = *Jid::parse("lapwing@im.example.org");
  stanza.id = "m9";
  stanza.body = body;
  stanza.replaces = replaces;
  stanza.retracts = retracts;
  return stanza;
}

TEST_CASE("a corrected message corrects the post that it became") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "post soop", "m5");
  world.gets(changes("m5", "", "soup"));
  REQUIRE(world.requests.back().has_correct());
  CHECK(world.requests.back().correct().post() == 1);
  CHECK(world.requests.back().correct().text() == "soup");
  CHECK_THAT(world.to(kBob), Contains("Post #1 is corrected."));
  world.gets(changes("m5", "", "post tomato soup"));
  CHECK(world.requests.back().correct().text() == "tomato soup");
  CHECK(world.posts == std::vector<std::string>{"soop"});
}

TEST_CASE(
    "a message that is taken back takes back the post that it became, and what it says is not "
    "read") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "post oops", "m5");
  world.gets(changes("", "m5", "This person attempted to retract a previous message."));
  REQUIRE(world.requests.back().has_retract());
  CHECK(world.requests.back().retract().post() == 1);
  CHECK_THAT(world.to(kBob), Contains("Post #1 is gone."));
  Stanza silent = changes("", "m5", "");
  silent.body.reset();
  world.gets(silent);
  CHECK(world.requests.back().has_retract());
  CHECK(world.posts == std::vector<std::string>{"oops"});
}

TEST_CASE("correcting what was no post publishes nothing, but a command is one") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "folow alice", "m5");
  world.clear();
  world.gets(changes("m5", "", "hello, all"));
  CHECK_THAT(world.to(kBob), Contains("I do not know which post that is about"));
  world.gets(changes("", "m5", "whatever"));
  CHECK(world.posts.empty());
  world.gets(changes("m5", "", "follow alice"));
  CHECK(world.requests.back().has_follow());
  // Nobody else's message is meant by the same id.
  world.says("eve@example.org/x", "join eve");
  world.says("eve@example.org/x", "post mine", "m5");
  world.gets(changes("", "m5", "whatever"));
  CHECK_FALSE(world.requests.back().has_retract());
}

TEST_CASE("a chat to a contact is a direct message, whatever it begins with") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "help me move", "m2", "alice@im.example.org");
  REQUIRE(world.requests.back().has_direct());
  CHECK(world.requests.back().direct().nick() == "alice");
  CHECK(world.requests.back().direct().text() == "help me move");
  CHECK_THAT(world.to(kBob),
             Contains("Sent to alice alone") && Contains("from='alice@im.example.org'"));
  world.says(kBob, "?OTRv3?", "m3", "alice@im.example.org");
  CHECK(world.requests.back().direct().text() == "help me move");
  world.says(kBob, "hi", "m4", "no.nick@im.example.org");
  CHECK_THAT(world.to(kBob), Contains("item-not-found"));
}

TEST_CASE("nothing wrong is published, and everything wrong is answered") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.confirmed.insert(kBare);
  for (const char* text : {"help me move this couch", "follow the money", "folow alice", "d alice",
                           "/d alice secret", "get well soon", "?OTRv2?"}) {
    world.clear();
    world.says(kBob, text);
    INFO(text);
    CHECK(world.posts.empty());
    CHECK_THAT(world.to(kBob), Contains("<body>"));
  }
}

TEST_CASE("machines and encrypted texts are told once, and never posted") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.confirmed.insert(kBare);
  for (const char* text : {"[Auto-Reply] away", "?OTRv2?"}) {
    INFO(text);
    world.clear();
    world.says(kBob, text);
    CHECK_THAT(world.to(kBob), Contains("not posted"));
    world.clear();
    world.says(kBob, text);
    CHECK(world.out().empty());
    world.pass(std::chrono::hours(25));
    world.says(kBob, text);
    CHECK_THAT(world.to(kBob), Contains("not posted"));
  }
  CHECK(world.posts.empty());
}

TEST_CASE("a command that cannot be undone is asked about first") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.says(kBob, "quit");
  CHECK_FALSE(world.requests.back().has_quit());
  CHECK_THAT(world.to(kBob), Contains("Say `yes` if you mean it"));
  world.says(kBob, "stats");
  world.says(kBob, "yes");
  CHECK(world.requests.back().has_quit());
  CHECK_THAT(world.to(kBob), Contains("Goodbye"));
  world.says(kBob, "yes");
  CHECK_THAT(world.to(kBob), Contains("Nothing is waiting"));
}

// A client's answer to a delivery (XEP-0461), and its reaction to one (XEP-0444).
Stanza answer_to(const char* id, const char* body) {
  Stanza stanza;
  stanza.from = *Jid::parse(kBob);
  stanza.to = *Jid::parse("lapwing@im.example.org");
  stanza.type = "chat";
  stanza.id = "m1";
  stanza.reply_to = id;
  stanza.body = body;
  return stanza;
}

TEST_CASE("an answer to a delivery is a reply to the post, or a command about it") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.confirmed.insert(kBare);
  world.gets(answer_to("p17", "so true"));
  REQUIRE(world.requests.back().has_publish());
  CHECK(world.requests.back().publish().in_reply_to().id() == 17);
  CHECK(world.requests.back().publish().text() == "so true");
  world.gets(answer_to("p17", "fav"));
  CHECK(world.requests.back().favourite().post().id() == 17);
  world.gets(answer_to("p17", "RT"));
  CHECK(world.requests.back().repost().post().id() == 17);
  world.gets(answer_to("p17", "track nyc"));
  CHECK(world.requests.back().has_track());
  world.gets(answer_to("something else", "good morning"));
  CHECK_FALSE(world.requests.back().publish().has_in_reply_to());
}

TEST_CASE("a newcomer's first answer to a delivery asks for a yes, too") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  world.gets(answer_to("p17", "so true"));
  CHECK(world.posts.empty());
  CHECK_THAT(world.to(kBob), Contains("so true") && Contains("yes"));
  world.says(kBob, "yes");
  REQUIRE(world.posts.size() == 1);
  CHECK(world.requests.back().publish().in_reply_to().id() == 17);
}

TEST_CASE("a reaction marks a favourite, and taking it back unmarks it") {
  World world;
  world.up();
  world.says(kBob, "join bob");
  Stanza stanza = answer_to("", "");
  stanza.body.reset();
  stanza.reacts_to = "p17";
  stanza.reacts = true;
  world.gets(stanza);
  CHECK(world.requests.back().favourite().post().id() == 17);
  stanza.reacts = false;
  world.gets(stanza);
  CHECK(world.requests.back().unfavourite().post().id() == 17);
  const std::size_t before = world.requests.size();
  stanza.reacts_to = "d17";
  world.gets(stanza);
  CHECK(world.requests.size() == before);
}

TEST_CASE("what must not be answered is not") {
  World world;
  world.up();
  world.clear();
  Stanza stanza;
  stanza.from = *Jid::parse(kBob);
  stanza.to = *Jid::parse("lapwing@im.example.org");
  stanza.body = "help";
  for (const char* type : {"error", "groupchat", "headline", "nonsense"}) {
    stanza.type = type;
    world.gets(stanza);
  }
  stanza.type = "chat";
  stanza.body.reset();
  world.gets(stanza);
  stanza.body = "";
  world.gets(stanza);
  stanza.body = "help";
  stanza.from = *Jid::parse("example.org");
  world.gets(stanza);
  stanza.from = *Jid::parse("alice@im.example.org");
  world.gets(stanza);
  CHECK(world.out().empty());
}

TEST_CASE("an odd body comes back as well-formed XML") {
  World world;
  world.up();
  world.says(kBob, "follow <b>&amp;\x01\xff]]> x");
  CHECK_THAT(world.to(kBob), Contains("&lt;b&gt;") && !Contains("\x01") && !Contains("\xff"));
}

TEST_CASE("over the limit of a person or a domain: wait, with the seconds, and charged to nobody") {
  Settings settings = World::small_settings();
  settings.limits.person = policy("2/10s burst 2");
  settings.limits.domain = policy("3/10s burst 3");
  World world(settings);
  world.up();
  world.says(kBob, "help");
  world.says(kBob, "help");
  world.clear();
  world.says(kBob, "help", "m3");
  CHECK_THAT(world.to(kBob), Contains("wait") && Contains("resource-constraint") &&
                                 Contains("m3") && Contains("Try again in 5 seconds."));
  world.clear();
  world.says("eve@example.org/x", "help");
  CHECK_THAT(world.to("eve@example.org/x"), Contains("<body>"));
  world.clear();
  world.says("eve@example.org/x", "help");
  CHECK_THAT(world.to("eve@example.org/x"), Contains("resource-constraint"));
  world.clear();
  world.says("ann@elsewhere.org/x", "help");
  CHECK_THAT(world.to("ann@elsewhere.org/x"), Contains("<body>"));
  world.pass(std::chrono::seconds(5));
  world.clear();
  world.says(kBob, "help");
  CHECK_THAT(world.to(kBob), !Contains("resource-constraint"));
}

TEST_CASE("too many requests without an answer: wait") {
  Settings settings = World::small_settings();
  settings.requests_max = 2;
  World world(settings);
  world.up();
  world.peer().hold_replies(true);
  for (int i = 0; i < 3; ++i) world.says(kBob, "stats");
  CHECK_THAT(world.to(kBob), Contains("resource-constraint"));
  CHECK(world.gateway.counters().busy == 1);
}

TEST_CASE("answers wait for a stream that is full, up to a bound") {
  Settings settings = World::small_settings();
  settings.outbox_bytes = 10'000;
  World world(settings);
  world.up();
  world.component.full = true;
  for (int i = 0; i < 100; ++i) world.says(kBob, "help");
  CHECK(world.gateway.counters().outbox_dropped > 0);
  world.component.full = false;
  world.turn();
  CHECK_THAT(world.to(kBob), Contains("track PHRASE"));
  CHECK(world.out().size() <= 10'000);
}

// What the stream could read of a stanza that it dropped.
Stanza head_of(Stanza::Name name, const char* type, const char* id) {
  Stanza head;
  head.name = name;
  head.from = *Jid::parse(kBob);
  head.to = *Jid::parse("lapwing@im.example.org");
  head.type = type;
  head.id = id;
  return head;
}

TEST_CASE("a stanza that was dropped unread is answered with an error") {
  World world;
  world.up();
  world.gateway.on_refused(head_of(Stanza::Name::kMessage, "chat", "m9"), "too long", world.now);
  world.turn();
  CHECK_THAT(world.to(kBob), Contains("type='error'") && Contains("m9") &&
                                 Contains("policy-violation") && Contains("too long"));
}

TEST_CASE("an error that was dropped unread is not answered, but is a bounce") {
  World world;
  world.up();
  world.gateway.on_refused(head_of(Stanza::Name::kMessage, "error", "p17"), "too long", world.now);
  world.turn();
  CHECK(world.to(kBob).empty());
  REQUIRE(world.peer().heard().nacks.size() == 1);
  CHECK(world.peer().heard().nacks[0].id() == 17);
}

TEST_CASE("who leaves with too many words has left") {
  World world;
  world.up();
  world.presence(kBob);
  REQUIRE(world.available(kBare));
  world.gateway.on_refused(head_of(Stanza::Name::kPresence, "unavailable", ""), "too long",
                           world.now);
  world.turn();
  CHECK_FALSE(world.available(kBare));
}

}  // namespace
}  // namespace gateway::xmpp
