// Keeping order: who are operators, what they may do about domains, names and registration, and
// what they announce. docs/decisions/keeping-order.md has the rules.
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/house.h"

namespace {

using bridge::wire::BAD_REQUEST;
using bridge::wire::CONFLICT;
using bridge::wire::FORBIDDEN;
using bridge::wire::Operate;
using bridge::wire::Request;
using tests::code;
using tests::House;
using tests::Texts;

// ---- who is one
// -------------------------------------------------------------------------------------

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

// ---- domains, names, registration
// -------------------------------------------------------------------

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

// ---- announcements
// ----------------------------------------------------------------------------------

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

}  // namespace
