// Suspensions: what whoever is suspended can do, and what others get of theirs.
#include <catch2/catch.hpp>

#include "tests/support/house.h"

namespace {

using bridge::wire::CONFLICT;
using bridge::wire::FORBIDDEN;
using bridge::wire::Operate;
using bridge::wire::Reply;
using bridge::wire::Request;
using tests::code;
using tests::House;
using tests::Texts;

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

TEST_CASE("a direct that a suspension withdrew is not in what its recipient takes along") {
  House house;
  house.direct("bob", "alice", "spam");
  house.suspend("bob");
  Request extract;
  extract.mutable_actor()->set_nick("alice");
  extract.mutable_extract()->set_part(bridge::wire::Extract::RECORDS);
  CHECK(house.ask_fanout(extract).extracted().lines_size() == 0);
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
