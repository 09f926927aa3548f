// Stories of people whose clients show commands as forms (XEP-0050).
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "gateway/command/catalog.h"
#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;
using test::Element;

constexpr auto kBob = "bob@example.org/phone";
constexpr auto kCommands = "http://jabber.org/protocol/commands";
constexpr auto kInfo = "http://jabber.org/protocol/disco#info";
constexpr auto kItems = "http://jabber.org/protocol/disco#items";

// A world in which bob is a member and his client has a list of commands.
struct Desk {
  World world;

  Desk() {
    world.up();
    world.members["bob@example.org"] = "bob";
  }

  // Sends it; the one answer.
  Element answer_to(Stanza iq) {
    world.clear();
    world.gets(std::move(iq));
    const auto stanzas = test::parse_stanzas(world.to(kBob));
    REQUIRE(stanzas);
    std::size_t answers = 0;
    Element found;
    for (const Element& stanza : *stanzas)
      if (stanza.name == "iq") {
        found = stanza;
        ++answers;
      }
    REQUIRE(answers == 1);
    CHECK(found.attribute("id") == "q1");
    return found;
  }
  // The <command/> of the answer.
  Element command(Stanza iq) {
    const Element answer = answer_to(std::move(iq));
    INFO(world.out());
    REQUIRE(answer.attribute("type") == "result");
    REQUIRE(answer.child("command"));
    return *answer.child("command");
  }
  // The condition of the error that it is answered with, and what XEP-0050 adds.
  std::string error(Stanza iq) {
    const Element answer = answer_to(std::move(iq));
    CHECK(answer.attribute("type") == "error");
    std::string conditions;
    for (const Element& child : answer.child("error")->children)
      if (child.name != "text") conditions += (conditions.empty() ? "" : " ") + child.name;
    return conditions;
  }

  static Stanza execute(std::string_view node, std::string_view action = "execute") {
    Stanza iq = World::iq(kBob, "set", kCommands, node);
    iq.command_action = action;
    return iq;
  }
  // A form of that session, filled in.
  static Stanza fill_in(std::string_view node, std::string session,
                        std::vector<std::pair<std::string, std::vector<std::string>>> fields,
                        std::string_view action = "complete") {
    Stanza iq = execute(node, action);
    iq.command_session = std::move(session);
    iq.form = FilledForm{.cancelled = false, .fields = std::move(fields)};
    return iq;
  }
  std::string begin(std::string_view node) {
    const Element shown = command(execute(node));
    CHECK(shown.attribute("status") == "executing");
    return shown.attribute("sessionid");
  }
};

TEST_CASE("every command of the table is listed, at the bot and at the domain") {
  Desk desk;
  for (const char* at : {"lapwing@im.example.org", "im.example.org"}) {
    const Element items = desk.answer_to(World::iq(kBob, "get", kItems, kCommands, at));
    const Element& query = *items.child("query");
    std::size_t listed = 0;
    for (const command::Entry* entry : command::catalog())
      listed += entry->listed && !command::is_for_operators(*entry) ? 1 : 0;
    CHECK(query.children.size() == listed);
    for (const Element& item : query.children) {
      INFO(item.attribute("node"));
      CHECK(item.attribute("jid") == at);
      CHECK_FALSE(item.attribute("name").empty());
      const Element info =
          desk.answer_to(World::iq(kBob, "get", kInfo, item.attribute("node"), at));
      CHECK(info.child("query")->child("identity")->attribute("type") == "command-node");
    }
  }
}

TEST_CASE("a contact has no commands") {
  Desk desk;
  const Element items =
      desk.answer_to(World::iq(kBob, "get", kItems, kCommands, "alice@im.example.org"));
  CHECK(items.child("query")->children.empty());
  Stanza iq = Desk::execute("stats");
  iq.to = *Jid::parse("alice@im.example.org");
  CHECK(desk.error(iq) == "service-unavailable");
}

TEST_CASE("a command without fields is done at once") {
  Desk desk;
  const Element done = desk.command(Desk::execute("stats"));
  CHECK(done.attribute("status") == "completed");
  CHECK(done.attribute("sessionid").empty());
  CHECK_THAT(done.child("note")->text, Contains("You are bob."));
}

TEST_CASE("a command with fields is a form, and is done when it comes back") {
  Desk desk;
  desk.world.requests.clear();
  const Element shown = desk.command(Desk::execute("follow", ""));
  CHECK(shown.attribute("status") == "executing");
  CHECK(shown.child("actions")->child("complete"));
  const Element& form = *shown.child("x");
  CHECK(form.attribute("type") == "form");
  REQUIRE(form.child("field"));
  CHECK(form.child("field")->attribute("var") == "nick");
  CHECK(form.child("field")->attribute("label") == "Nick");
  CHECK(form.child("field")->child("required"));
  CHECK(desk.world.requests.empty());

  const std::string session = shown.attribute("sessionid");
  const Element done = desk.command(Desk::fill_in("follow", session, {{"nick", {"alice"}}}));
  CHECK(done.attribute("status") == "completed");
  CHECK(done.attribute("sessionid") == session);
  CHECK_THAT(done.child("note")->text, Contains("You follow alice now."));
  CHECK(desk.world.requests.back().follow().nick() == "alice");
  CHECK(desk.world.gateway.forms_waiting() == 0);
  CHECK(desk.error(Desk::fill_in("follow", session, {{"nick", {"alice"}}})) ==
        "not-allowed session-expired");
}

TEST_CASE("tracks to end are chosen from a list") {
  Desk desk;
  desk.world.tracks = {"nyc", "tea <cups>", "harbour"};
  const Element shown = desk.command(Desk::execute("untrack"));
  const Element& field = *shown.child("x")->child("field");
  CHECK(field.attribute("type") == "list-multi");
  std::vector<std::string> options;
  for (const Element& option : field.children) options.push_back(option.child("value")->text);
  CHECK(options == desk.world.tracks);
  const Element done =
      desk.command(Desk::fill_in("untrack", shown.attribute("sessionid"),
                                 {{"phrases", {"nyc", "tea <cups>"}}, {"all", {"0"}}}));
  CHECK(desk.world.requests.back().untrack().phrases() == "nyc, tea <cups>");
  CHECK_THAT(done.child("note")->text, Contains("No longer tracking: nyc"));
}

TEST_CASE("with nothing to choose from, that is the answer") {
  Desk desk;
  const Element done = desk.command(Desk::execute("untrack"));
  CHECK(done.attribute("status") == "completed");
  CHECK(done.child("note")->text == "You track nothing.");
  CHECK(desk.world.gateway.forms_waiting() == 0);
}

TEST_CASE("a form with a mistake is an error, and can be sent again") {
  Desk desk;
  const std::string session = desk.begin("follow");
  CHECK(desk.error(Desk::fill_in("follow", session, {})) == "bad-request bad-payload");
  CHECK(desk.error(Desk::fill_in("follow", session, {{"nick", {"no nick"}}})) ==
        "bad-request bad-payload");
  CHECK_THAT(desk.world.out(), Contains("modify") && Contains("does not fit"));
  CHECK(desk.error(Desk::fill_in("follow", session, {{"nick", {"nobody"}}})) == "item-not-found");
  CHECK(desk.command(Desk::fill_in("follow", session, {{"nick", {"alice"}}})).attribute("status") ==
        "completed");
}

TEST_CASE("a form that is cancelled does nothing") {
  Desk desk;
  std::string session = desk.begin("quit");
  const Element gone = desk.command(Desk::fill_in("quit", session, {}, "cancel"));
  CHECK(gone.attribute("status") == "canceled");
  session = desk.begin("quit");
  Stanza cancelled = Desk::fill_in("quit", session, {});
  cancelled.form->cancelled = true;
  CHECK(desk.command(cancelled).attribute("status") == "canceled");
  CHECK(desk.world.members.size() == 1);
  CHECK(desk.world.gateway.forms_waiting() == 0);
}

TEST_CASE("what cannot be undone warns, and the form is the yes") {
  Desk desk;
  const Element shown = desk.command(Desk::execute("quit"));
  CHECK_THAT(shown.child("x")->child("instructions")->text, Contains("ends your membership"));
  desk.command(Desk::fill_in("quit", shown.attribute("sessionid"), {}));
  CHECK(desk.world.members.empty());
}

TEST_CASE("actions that do not fit are said to be wrong") {
  Desk desk;
  const std::string session = desk.begin("follow");
  for (const char* action : {"prev", "next"})
    CHECK(desk.error(Desk::fill_in("follow", session, {}, action)) == "bad-request bad-action");
  CHECK(desk.error(Desk::execute("follow", "dance")) == "bad-request malformed-action");
  CHECK(desk.error(Desk::execute("follow", "complete")) == "bad-request bad-sessionid");
  CHECK(desk.error(Desk::fill_in("track", session, {})) == "bad-request bad-sessionid");
  CHECK(desk.error(Desk::fill_in("follow", "made up", {})) == "not-allowed session-expired");
  for (const char* node : {"no-such", "yes", "sub", ""})
    CHECK(desk.error(Desk::execute(node)) == "item-not-found");
}

TEST_CASE("a form is its client's own, and waits ten minutes") {
  Desk desk;
  const std::string session = desk.begin("follow");
  Stanza stolen = Desk::fill_in("follow", session, {{"nick", {"alice"}}});
  stolen.from = *Jid::parse("eve@example.org/phone");
  desk.world.clear();
  desk.world.gets(stolen);
  CHECK_THAT(desk.world.to("eve@example.org/phone"), Contains("session-expired"));
  desk.world.pass(std::chrono::minutes(11));
  CHECK(desk.error(Desk::fill_in("follow", session, {{"nick", {"alice"}}})) ==
        "not-allowed session-expired");
}

TEST_CASE("a post by a form is published once, however often the form comes") {
  Desk desk;
  const std::string session = desk.begin("post");
  const Stanza filled = Desk::fill_in("post", session, {{"text", {"follow me", "please"}}});
  const Element done = desk.command(filled);
  CHECK_THAT(done.child("note")->text, Contains("Posted as #1"));
  CHECK(desk.world.posts == std::vector<std::string>{"follow me\nplease"});
  CHECK(desk.world.requests.back().publish().client_id() == session);
  CHECK(desk.error(filled) == "not-allowed session-expired");
}

TEST_CASE("a stranger is told to register, and joins by a form") {
  Desk desk;
  desk.world.members.clear();
  CHECK(desk.error(Desk::execute("stats")) == "registration-required");
  CHECK_THAT(desk.world.out(), Contains("type='auth'") && Contains("join NICK"));
  const std::string session = desk.begin("join");
  const Element done = desk.command(Desk::fill_in("join", session, {{"nick", {"bobby"}}}));
  CHECK_THAT(done.child("note")->text, Contains("Welcome") && Contains("contact request"));
  CHECK_THAT(desk.world.to("bob@example.org"), Contains("type='subscribe'"));
}

TEST_CASE("errors of the bridge are stanza errors of their kind") {
  const std::pair<wire::ErrorCode, const char*> kinds[] = {
      {wire::BAD_REQUEST, "bad-request bad-payload"},
      {wire::FORBIDDEN, "forbidden"},
      {wire::NOT_JOINED, "registration-required"},
      {wire::UNKNOWN, "item-not-found"},
      {wire::CONFLICT, "conflict"},
      {wire::RATE_LIMITED, "resource-constraint"},
      {wire::BUSY, "resource-constraint"},
      {wire::UNAVAILABLE, "remote-server-timeout"}};
  for (const auto& [code, condition] : kinds) {
    Desk desk;
    const std::string session = desk.begin("track");
    desk.world.refuse_with.set_code(code);
    desk.world.refuse_with.set_text("Because.");
    CHECK(desk.error(Desk::fill_in("track", session, {{"phrases", {"nyc"}}})) == condition);
  }
}

TEST_CASE("commands of operators are there for operators alone, in chat and as forms") {
  Desk desk;
  const auto listed = [&] {
    return desk.answer_to(World::iq(kBob, "get", kItems, kCommands)).child("query")->children;
  };
  const auto has_op = [&] {
    const auto items = listed();
    return std::any_of(items.begin(), items.end(), [](const Element& item) {
      return item.attribute("node").starts_with("op ");
    });
  };
  CHECK_FALSE(has_op());
  CHECK(desk.error(Desk::execute("op suspend")) == "item-not-found");
  desk.world.says(kBob, "op suspend eve");
  CHECK_THAT(desk.world.to(kBob), Contains("none of that name"));
  const std::size_t asked = desk.world.requests.size();
  desk.world.clear();
  desk.world.says(kBob, "`op suspend eve`");
  CHECK_THAT(desk.world.to(kBob), Contains("none of that name"));
  CHECK(desk.world.requests.size() == asked);
  const auto help = [&] {
    const std::string session = desk.begin("help");
    return Desk::fill_in("help", session, {{"command", {"op suspend"}}});
  };
  CHECK(desk.error(help()) == "bad-request bad-payload");
  wire::Batch batch;
  batch.mutable_house()->add_operators("bob@example.org");
  desk.world.peer().deliver(batch);
  desk.world.turn();
  CHECK(has_op());
  CHECK_THAT(desk.command(help()).child("note")->text, Contains("op suspend NICK"));
  desk.world.clear();
  desk.world.says(kBob, "op suspend eve");
  REQUIRE(desk.world.requests.back().has_operate());
  CHECK(desk.world.requests.back().operate().suspend().nick() == "eve");
  CHECK(desk.world.requests.back().actor().address() == "bob@example.org");
  desk.world.clear();
  desk.world.says(kBob, "op delete eve");
  CHECK_THAT(desk.world.to(kBob), Contains("cannot be undone"));
  CHECK_FALSE(desk.world.requests.back().operate().has_erase());
}

TEST_CASE("a banned domain is answered once, its questions always, and its presence never") {
  Desk desk;
  wire::Batch batch;
  batch.mutable_house()->add_banned("example.org");
  desk.world.peer().deliver(batch);
  desk.world.turn();
  desk.world.clear();
  const std::size_t asked = desk.world.requests.size();
  desk.world.says(kBob, "stats");
  CHECK_THAT(desk.world.out(), Contains("forbidden") && Contains("is served here"));
  desk.world.clear();
  desk.world.says(kBob, "stats");
  desk.world.says("eve@chat.example.org/x", "join eve");
  desk.world.presence(kBob);
  desk.world.presence("eve@example.org", "subscribe");
  Stanza too_long;
  too_long.from = *Jid::parse(kBob);
  too_long.to = *Jid::parse("lapwing@im.example.org");
  too_long.type = "chat";
  desk.world.gateway.on_refused(too_long, "it is too long", desk.world.now);
  desk.world.turn();
  CHECK(desk.world.out().empty());
  CHECK(desk.world.requests.size() == asked);
  CHECK_FALSE(desk.world.available("bob@example.org"));
  CHECK(desk.error(World::iq(kBob, "get", kInfo)) == "forbidden");
}

TEST_CASE("commands by form and by chat share one limit, with the seconds in the error") {
  Settings settings = World::small_settings();
  settings.limits.person = policy("2/10s");
  Desk desk;
  World strict(settings);
  strict.up();
  strict.members["bob@example.org"] = "bob";
  strict.says(kBob, "stats");
  strict.gets(Desk::execute("stats"));
  strict.clear();
  strict.gets(Desk::execute("stats"));
  CHECK_THAT(strict.to(kBob), Contains("resource-constraint") && Contains("type='wait'") &&
                                  Contains("Try again in"));
  strict.clear();
  strict.gets(Desk::execute("follow"));  // a form alone asks nothing of anybody
  CHECK_THAT(strict.to(kBob), Contains("executing"));
}

}  // namespace
}  // namespace gateway::xmpp
