// Keeping order: what operators may do, what follows from it for everybody, and what is written
// down of it. docs/decisions/keeping-order.md has the rules.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "tests/support/service.h"

namespace {

using bridge::wire::BAD_REQUEST;
using bridge::wire::CONFLICT;
using bridge::wire::FORBIDDEN;
using bridge::wire::Operate;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::UNKNOWN;
using Catch::Contains;
using tests::Service;
using tests::Texts;

bridge::wire::ErrorCode code(const Reply& reply) {
  return reply.error().code();
}

// olga is an operator by the configuration; alice and bob are members, alice is there.
struct House : Service {
  explicit House(bridge::fanout::FanoutOptions with = options())
      : Service(std::move(with), rules()) {
    for (const char* nick : {"olga", "alice", "bob"}) join(nick);
    online("alice");
  }
  static bridge::fanout::FanoutOptions options() {
    auto options = one_by_one();
    options.operators = {address("olga")};
    return options;
  }
  static bridge::state::Rules rules() {
    return {.directs_from_anybody = true,
            .operators = {address("olga")},
            .contact = "abuse@example.org"};
  }

  static Request from(const std::string& nick) {
    Request request;
    request.mutable_actor()->set_address(address(nick));
    return request;
  }
  template <class Say>
  Reply op(Say say, const std::string& nick = "olga") {
    Request request = from(nick);
    say(*request.mutable_operate());
    return request.operate().has_remove() ? change(request) : ask(request);
  }
  Reply suspend(const std::string& nick, const std::string& reason = {},
                const std::string& by = "olga") {
    return op(
        [&](Operate& operate) {
          operate.mutable_suspend()->set_nick(nick);
          operate.mutable_suspend()->set_reason(reason);
        },
        by);
  }
  Reply restore(const std::string& nick) {
    return op([&](Operate& operate) { operate.set_restore(nick); });
  }
  Reply remove(std::uint64_t post, const std::string& reason = {}) {
    return op([&](Operate& operate) {
      operate.mutable_remove()->set_post(post);
      operate.mutable_remove()->set_reason(reason);
    });
  }
  Reply rename(const std::string& nick, const std::string& to) {
    return op([&](Operate& operate) {
      operate.mutable_rename()->set_nick(nick);
      operate.mutable_rename()->set_to(to);
    });
  }
  Reply ban(const std::string& domain) {
    return op([&](Operate& operate) { operate.set_ban(domain); });
  }
  Reply unban(const std::string& domain) {
    return op([&](Operate& operate) { operate.set_unban(domain); });
  }
  Reply registration(bridge::wire::Registration to) {
    return op([&](Operate& operate) { operate.set_registration(to); });
  }
  Reply get(const std::string& nick) {
    Request request;
    request.mutable_get()->mutable_post()->set_nick(nick);
    return ask(request);
  }
  std::vector<bridge::wire::AuditLine> trail() {
    Request request = from("olga");
    request.mutable_audit();
    const Reply reply = ask(request);
    return {reply.audit_trail().lines().begin(), reply.audit_trail().lines().end()};
  }
};

// ---- who is one --------------------------------------------------------------------------------

TEST_CASE("only operators can keep order, and they name others") {
  House house;
  CHECK(code(house.suspend("bob", "", "alice")) == FORBIDDEN);
  CHECK(house.trail().empty());
  const auto grant = [](Operate& operate) { operate.set_grant("alice"); };
  const auto revoke = [](Operate& operate) { operate.set_revoke("alice"); };
  CHECK(house.op(grant).done().changed());
  CHECK_FALSE(house.op(grant).done().changed());
  CHECK(house.suspend("bob", "", "alice").done().changed());
  CHECK(code(house.suspend("alice")) == CONFLICT);
  house.crash();
  CHECK_FALSE(house.op(grant).done().changed());
  CHECK(house.op(revoke).done().changed());
  CHECK(code(house.suspend("bob", "again", "alice")) == FORBIDDEN);
  CHECK(code(house.op([](Operate& operate) { operate.set_revoke("olga"); })) == CONFLICT);
  CHECK(code(house.suspend("olga")) == CONFLICT);
}

TEST_CASE("on the lane admin, who it is has been said") {
  House house;
  Request request;
  request.mutable_operate()->set_who("root (lapwingctl)");
  request.mutable_operate()->mutable_suspend()->set_nick("bob");
  CHECK(house.ask(request).done().changed());
  REQUIRE(house.trail().size() == 1);
  CHECK(house.trail()[0].who() == "root (lapwingctl)");
  request.mutable_operate()->clear_who();
  CHECK(code(house.ask(request)) == BAD_REQUEST);
}

// ---- suspensions -------------------------------------------------------------------------------

TEST_CASE("whoever is suspended can do nothing, and is told why and whom to ask") {
  House house;
  CHECK(house.suspend("bob", "spam").done().changed());
  CHECK_FALSE(house.suspend("BOB", "spam").done().changed());
  const Reply refused = house.post("bob", "hello");
  CHECK(code(refused) == FORBIDDEN);
  CHECK(refused.error().text() ==
        "You are suspended here: spam. Write to abuse@example.org about it.");
  CHECK(code(house.follow("bob", "alice")) == FORBIDDEN);
  CHECK(code(house.direct("bob", "alice", "hello")) == FORBIDDEN);
  CHECK(code(house.join("bob")) == FORBIDDEN);
  CHECK(code(house.erase("bob")) == FORBIDDEN);
  Request code_for_the_website = House::from("bob");
  code_for_the_website.mutable_issue_code();
  CHECK(code(house.ask(code_for_the_website)) == FORBIDDEN);
  house.crash();
  CHECK(code(house.post("bob", "hello")) == FORBIDDEN);
  CHECK(house.restore("bob").done().changed());
  CHECK_FALSE(house.restore("bob").done().changed());
  CHECK(house.post("bob", "hello").has_published());
}

TEST_CASE("they can look at what they have, and leave, which ends no suspension") {
  House house;
  house.suspend("bob");
  Request stats = house.by("bob");
  stats.mutable_stats();
  CHECK(house.ask(stats).has_numbers());
  CHECK(house.quit("bob").has_done());
  CHECK(code(house.join("bob")) == FORBIDDEN);
}

TEST_CASE("others are told that somebody is suspended, and shown nothing of theirs") {
  House house;
  house.post("bob", "hello");
  CHECK(house.get("bob").posts().items_size() == 1);
  house.suspend("bob");
  for (const Reply& reply :
       {house.get("bob"), house.follow("alice", "bob"), house.direct("alice", "bob", "hello")}) {
    CHECK(code(reply) == CONFLICT);
    CHECK(reply.error().text() == "bob is suspended at present.");
  }
  house.restore("bob");
  CHECK(house.get("bob").posts().items_size() == 1);
}

TEST_CASE("what they wrote and somebody has yet to get does not come, now or later") {
  House house;
  house.follow("alice", "bob");
  house.offline("alice");
  house.post("bob", "before");
  house.direct("bob", "alice", "a direct");
  CHECK(house.owed("alice") == 2);
  house.suspend("bob");
  CHECK(house.owed("alice") == 0);
  house.restore("bob");
  CHECK(house.owed("alice") == 0);
  house.post("bob", "after");
  house.online("alice");
  CHECK(house.texts_for("alice") == Texts{"after"});
}

TEST_CASE("what comes for them waits until they are restored") {
  House house;
  house.follow("alice", "bob");
  house.suspend("alice");
  house.post("bob", "meanwhile");
  CHECK(house.texts_for("alice").empty());
  house.restore("alice");
  CHECK(house.texts_for("alice") == Texts{"You are not suspended any more.", "meanwhile"});
  CHECK(house.delivered()[0].kind == bridge::wire::NOTICE);
}

// ---- posts and accounts ------------------------------------------------------------------------

TEST_CASE("a post that is removed is taken from who got it, and its author is told") {
  House house;
  house.follow("alice", "bob");
  house.online("bob");
  const auto post = house.post("bob", "rude").published().id();
  house.acknowledge();
  CHECK(house.remove(post, "rude").done().changed());
  CHECK_FALSE(house.remove(post).done().changed());
  REQUIRE(house.delivered().size() == 3);
  bool retracted = false;
  for (const auto& one : house.delivered()) retracted |= one.retracted && one.changes == post;
  CHECK(retracted);
  CHECK(house.texts_for("bob") ==
        Texts{"An operator has removed your post #" + std::to_string(post) + ": rude."});
  CHECK(code(house.remove(9999)) == UNKNOWN);
  CHECK(house.trail()[0].what() == "remove");
}

TEST_CASE("a post of somebody who is suspended can be removed, too") {
  House house;
  house.follow("alice", "bob");
  const auto post = house.post("bob", "rude").published().id();
  house.acknowledge();
  house.suspend("bob");
  CHECK(house.remove(post).done().changed());
  CHECK(house.delivered().back().retracted);
}

TEST_CASE("an account that is deleted is erased as by its owner") {
  House house;
  const auto erase = [](Operate& operate) { operate.set_erase("bob"); };
  house.suspend("bob");
  CHECK(house.op(erase).done().changed());
  CHECK(house.store().to_erase() > 0);
  CHECK(code(house.post("bob", "hello")) == UNKNOWN);
  CHECK(house.trail()[0].what() == "delete");
}

TEST_CASE("whoever is renamed keeps their followers, and their old name stays theirs") {
  House house;
  house.follow("alice", "bob");
  house.offline("alice");
  const auto post = house.post("bob", "as bob").published().id();
  CHECK(house.rename("bob", "robert").done().changed());
  CHECK_FALSE(house.rename("robert", "robert").done().changed());
  house.crash();
  house.online("alice");
  REQUIRE(house.delivered().size() == 1);
  CHECK(house.get("robert").posts().items(0).author() == "robert");
  CHECK(house.get("robert").posts().items(0).id() == post);
  CHECK(house.get("bob").error().text() == "bob is called robert here now.");
  CHECK(code(house.rename("alice", "bob")) == CONFLICT);
  Request thief;
  thief.mutable_actor()->set_address("eve@example.org");
  thief.mutable_join()->set_nick("Bob");
  CHECK(code(house.ask(thief)) == CONFLICT);
  // Back, which frees the other name for nobody but them.
  CHECK(house.rename("robert", "bob").done().changed());
  CHECK(code(house.rename("alice", "robert")) == CONFLICT);
  CHECK(house.rename("bob", "BOB").done().changed());
  CHECK(house.get("bob").posts().nick() == "BOB");
}

TEST_CASE("a name that was let go of belongs to whoever has it now, after a restart too") {
  House house;
  const auto release = [](Operate& operate) { operate.set_release("bob"); };
  house.rename("bob", "robert");
  house.op(release);
  Request eve;
  eve.mutable_actor()->set_address("eve@example.org");
  eve.mutable_join()->set_nick("bob");
  CHECK(house.ask(eve).has_joined());
  house.rename("robert", "rob");
  house.crash();
  CHECK(house.committer().state().find_nick("bob")->address == "eve@example.org");
  CHECK(house.committer().state().find_nick("rob")->address == "bob@example.org");
  CHECK(house.committer().state().find_nick("robert") == nullptr);
}

// ---- domains, names, registration --------------------------------------------------------------

TEST_CASE("nobody of a banned domain, or of one below it, is served") {
  House house;
  Request eve;
  eve.mutable_actor()->set_address("eve@chat.evil.example");
  eve.mutable_join()->set_nick("eve");
  CHECK(house.ask(eve).has_joined());
  CHECK(house.ban("Evil.example").done().changed());
  CHECK_FALSE(house.ban("evil.example").done().changed());
  CHECK(house.ask(eve).error().text() == "Nobody of chat.evil.example is served here.");
  CHECK(code(house.post("eve", "hello")) == FORBIDDEN);
  Request mallory;
  mallory.mutable_actor()->set_address("mallory@evil.example");
  mallory.mutable_join()->set_nick("mallory");
  house.crash();
  CHECK(code(house.ask(mallory)) == FORBIDDEN);
  mallory.mutable_actor()->set_address("mallory@notevil.example");
  CHECK(house.ask(mallory).has_joined());
  CHECK(house.unban("evil.example").done().changed());
  CHECK(house.post("eve", "hello").has_published());
  CHECK(code(house.ban("an@address")) == BAD_REQUEST);
  CHECK(code(house.ban("")) == BAD_REQUEST);
  CHECK(code(house.ban("example.org")) == CONFLICT);  // olga is of it
}

TEST_CASE("nobody moves away from a suspension, or to a banned domain") {
  House house;
  const auto move = [&](const std::string& nick, const std::string& to) {
    house.offer_move(House::address(nick), to);
    return house.take_move(to, nick);
  };
  house.suspend("alice");
  CHECK(code(move("alice", "alice@example.net")) == FORBIDDEN);
  CHECK(house.ban("evil.example").done().changed());
  CHECK(code(move("bob", "bob@evil.example")) == FORBIDDEN);
  CHECK(move("bob", "bob@example.net").has_moved());
}

TEST_CASE("a reserved nick is nobody's") {
  House house;
  const auto reserve = [](Operate& operate) { operate.set_reserve("Admin"); };
  const auto release = [](Operate& operate) { operate.set_release("admin"); };
  CHECK(house.op(reserve).done().changed());
  CHECK_FALSE(house.op(reserve).done().changed());
  house.crash();
  Request eve;
  eve.mutable_actor()->set_address("eve@example.org");
  eve.mutable_join()->set_nick("ADMIN");
  CHECK(code(house.ask(eve)) == CONFLICT);
  CHECK(code(house.post("admin", "made by an import")) == CONFLICT);
  CHECK(house.op(release).done().changed());
  CHECK(house.ask(eve).has_joined());
  CHECK(code(house.op(reserve)) == CONFLICT);
}

TEST_CASE("closed, it takes in nobody new, and members come back") {
  House house;
  house.quit("bob");
  CHECK(house.registration(bridge::wire::CLOSED).done().changed());
  CHECK_FALSE(house.registration(bridge::wire::CLOSED).done().changed());
  house.crash();
  CHECK(code(house.join("eve")) == CONFLICT);
  CHECK(house.join("bob").joined().returned());
  CHECK(house.registration(bridge::wire::OPEN).done().changed());
  CHECK(house.join("eve").has_joined());
  CHECK(code(house.registration(static_cast<bridge::wire::Registration>(7))) == BAD_REQUEST);
}

// ---- announcements -----------------------------------------------------------------------------

TEST_CASE("an announcement comes to everybody, once, whenever they are there") {
  House house;
  const auto announce = [](Operate& operate) { operate.set_announce("We move on Monday."); };
  house.join("carol");
  house.online("carol");
  house.switch_delivery("carol", false);
  house.online("olga");
  CHECK(house.op(announce).done().changed());
  CHECK_FALSE(house.op(announce).done().changed());
  CHECK(house.texts_for("alice") == Texts{"We move on Monday."});
  CHECK(house.texts_for("olga") == Texts{"We move on Monday."});
  CHECK(house.delivered()[0].kind == bridge::wire::ANNOUNCEMENT);
  CHECK(house.texts_for("bob").empty());
  CHECK(house.owed("bob") == 1);
  CHECK(house.owed("carol") == 1);
  house.acknowledge();
  CHECK(house.owed("alice") == 0);
  house.online("bob");
  house.switch_delivery("carol", true);
  CHECK(house.texts_for("bob") == Texts{"We move on Monday."});
  CHECK(house.texts_for("carol") == Texts{"We move on Monday."});
  house.join("dave");
  house.online("dave");
  CHECK(house.texts_for("dave").empty());  // it was before them
}

TEST_CASE("an announcement is no number in a digest, and survives a crash on its way") {
  auto options = House::options();
  options.catch_up_max = 0;
  House house(options);
  house.follow("alice", "bob");
  house.offline("alice");
  house.post("bob", "one");
  house.op([](Operate& operate) { operate.set_announce("We move on Monday."); });
  house.crash();
  house.online("alice");
  CHECK(house.texts_for("alice") == Texts{"We move on Monday."});
  REQUIRE(house.digests().size() == 1);
  CHECK(house.digests()[0].count() == 1);
}

// ---- the trail ---------------------------------------------------------------------------------

TEST_CASE("everything is in one trail, the newest first, with limits and caps") {
  House house;
  house.suspend("bob", "spam");
  Request limit;
  limit.mutable_change_limit()->set_name("im.publishes");
  limit.mutable_change_limit()->set_value("3/s");
  limit.mutable_change_limit()->set_who("root (ctl)");
  house.ask(limit);
  Request cap;
  cap.mutable_cap_listeners()->set_phrase("nyc");
  cap.mutable_cap_listeners()->set_listeners(5);
  cap.mutable_cap_listeners()->set_who("root (ctl)");
  house.ask(cap);
  house.crash();
  house.restore("bob");
  const auto lines = house.trail();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].what() == "restore");
  CHECK(lines[0].old() == "suspended: spam");
  CHECK(lines[1].what() == "cap");
  CHECK(lines[1].now() == "5");
  CHECK(lines[2].about() == "im.publishes");
  CHECK(lines[3].who() == "olga");
  CHECK(lines[3].now() == "suspended: spam");
  Request more = House::from("olga");
  more.mutable_audit()->set_count(1);
  Reply page = house.ask(more);
  REQUIRE(page.audit_trail().lines_size() == 1);
  more.mutable_audit()->set_before(page.audit_trail().next());
  CHECK(house.ask(more).audit_trail().lines(0).what() == "cap");
  more.mutable_audit()->set_before(1);
  CHECK(code(house.ask(more)) == UNKNOWN);
  Request nosy = House::from("alice");
  nosy.mutable_audit();
  CHECK(code(house.ask(nosy)) == FORBIDDEN);
}

TEST_CASE("a gateway is told how order is kept, and when it changes") {
  House house;
  house.settle();
  REQUIRE(house.houses().size() == 1);
  CHECK(house.houses()[0].operators(0) == House::address("olga"));
  house.op([](Operate& operate) { operate.set_grant("alice"); });
  REQUIRE(house.houses().size() == 2);
  CHECK(house.houses()[1].operators_size() == 2);
  house.ban("evil.example");
  CHECK(house.houses().back().banned(0) == "evil.example");
  house.suspend("bob");
  CHECK(house.houses().size() == 3);
}

TEST_CASE("a gateway is told the address that an operator moves to, and does not forget the rest") {
  House house;
  house.op([](Operate& operate) { operate.set_grant("alice"); });
  Request request = House::from("alice");
  request.mutable_offer_move()->set_address("alice@example.net");
  house.ask(request);
  request.mutable_actor()->set_address("alice@example.net");
  request.mutable_take_move()->set_nick("alice");
  REQUIRE(house.ask(request).has_moved());
  house.settle();
  const auto& operators = house.houses().back().operators();
  CHECK(std::set<std::string>(operators.begin(), operators.end()) ==
        std::set<std::string>{House::address("olga"), "alice@example.net"});
}

TEST_CASE("an operator is not renamed by another, and one who quit is told nothing") {
  House house;
  CHECK(code(house.rename("olga", "other")) == CONFLICT);
  house.op([](Operate& operate) { operate.set_grant("alice"); });
  CHECK(code(house.rename("alice", "other")) == CONFLICT);
  house.quit("bob");
  const auto before = house.store().head();
  CHECK(house.rename("bob", "robert").done().changed());
  const auto records = house.store().read(before, 100, 1 << 20);
  REQUIRE(records);
  CHECK_FALSE(records->empty());
  for (const auto& record : *records) CHECK_FALSE(record->has_told());
}

TEST_CASE("erasing somebody erases why they were suspended") {
  House house;
  house.suspend("bob", "spam");
  CHECK(house.op([](Operate& operate) { operate.set_erase("bob"); }).done().changed());
  const auto& state = house.committer().state();
  CHECK_FALSE(state.order().is_suspended(state.find_nick("bob")->id));
  while (house.committer().erase_some()) continue;
  const auto records = house.store().read(0, 1000, 1 << 20);
  REQUIRE(records);
  for (const auto& record : *records) CHECK(record->suspended().reason().empty());
}

TEST_CASE("what was renamed is called so in whoever takes their data along, too") {
  House house;
  const auto post = house.post("bob", "hello").published().id();
  Request reply = House::from("alice");
  reply.mutable_publish()->set_client_id("reply");
  reply.mutable_publish()->set_text("hello yourself");
  reply.mutable_publish()->mutable_in_reply_to()->set_id(post);
  REQUIRE(house.ask(reply).has_published());
  house.rename("bob", "robert");
  Request extract;
  extract.mutable_actor()->set_nick("alice");
  extract.mutable_extract()->set_part(bridge::wire::Extract::RECORDS);
  const Reply page = house.ask_fanout(extract);
  REQUIRE(page.extracted().lines_size() == 1);
  CHECK(page.extracted().lines(0).nick() == "robert");
}

TEST_CASE("a direct that a suspension withdrew is not in what its recipient takes along") {
  House house;
  house.direct("bob", "alice", "spam");
  house.suspend("bob");
  Request extract;
  extract.mutable_actor()->set_nick("alice");
  extract.mutable_extract()->set_part(bridge::wire::Extract::RECORDS);
  CHECK(house.ask_fanout(extract).extracted().lines_size() == 0);
}

TEST_CASE("a page of the trail has room for what it says, and leads to the rest") {
  House house;
  for (int n = 0; n < 100; ++n)
    CHECK(house.suspend("bob", std::string(490, 'x') + std::to_string(n)).done().changed());
  Request request = House::from("olga");
  request.mutable_audit()->set_count(100);
  const Reply page = house.ask(request);
  CHECK(page.ByteSizeLong() < 100 * 1024);
  CHECK(page.audit_trail().lines_size() < 100);
  REQUIRE(page.audit_trail().next() != 0);
  request.mutable_audit()->set_before(page.audit_trail().next());
  CHECK(page.audit_trail().lines_size() + house.ask(request).audit_trail().lines_size() == 100);
}

TEST_CASE("what a gateway is told of operators fits into a batch, however long their addresses") {
  auto options = House::options();
  for (int n = 0; n < 100; ++n)
    options.operators.push_back(std::to_string(n) + std::string(3000, 'x') + "@example.org");
  House house(options);
  REQUIRE(house.houses().size() == 1);
  CHECK(house.houses()[0].operators(0) == House::address("olga"));
  CHECK(house.houses()[0].ByteSizeLong() < bridge::wire::kBodyBytesMax / 2);
}

TEST_CASE("whoever is suspended does not read on with `more`") {
  House house;
  house.suspend("bob", "spam");
  Request more = House::from("bob");
  more.mutable_more();
  CHECK(code(house.ask_fanout(more)) == FORBIDDEN);
  CHECK(house.ask_fanout(more).error().text() == "You are suspended here: spam.");
}

}  // namespace
