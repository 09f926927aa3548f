// What is written down of how order is kept, and what gateways are told of it.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "tests/support/house.h"

namespace {

using bridge::wire::FORBIDDEN;
using bridge::wire::Operate;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::UNKNOWN;
using tests::code;
using tests::House;

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

}  // namespace
