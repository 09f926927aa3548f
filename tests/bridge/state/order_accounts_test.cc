// What operators do about a post, or an account: removing, erasing, renaming.
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/house.h"

namespace {

using bridge::wire::CONFLICT;
using bridge::wire::Operate;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::UNKNOWN;
using tests::code;
using tests::House;
using tests::Texts;

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

}  // namespace
