// Who reads along with which pass over the log.
#include "bridge/fanout/passes.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace bridge::fanout {
namespace {

struct Crowd {
  explicit Crowd(PersonNumber people) {
    for (PersonNumber n = 0; n < people; ++n) roll.add(1);
  }
  state::State state;  // passes know people by number alone
  Roll roll{state};
  Passes passes{roll};
};

TEST_CASE("those who come on later read along with the pass before them") {
  Crowd crowd(3);
  CHECK(crowd.passes.join(0, 100));
  CHECK(crowd.passes.join(1, 100));
  CHECK(crowd.passes.join(2, 100 + Passes::kNear));
  CHECK(crowd.passes.running() == 1);
  CHECK(crowd.passes.members() == 3);
  CHECK(crowd.passes.at(2) == 100);
}

TEST_CASE("those far apart get passes of their own, as long as there are some") {
  Crowd crowd(8);
  for (PersonNumber n = 0; n < Passes::kPassesMax; ++n)
    CHECK(crowd.passes.join(n, (10 - n) * 10 * Passes::kNear));
  CHECK(crowd.passes.running() == Passes::kPassesMax);
  CHECK(crowd.passes.join(5, 1000 * Passes::kNear));  // with the nearest, however far
  CHECK_FALSE(crowd.passes.join(6, 1));               // all are past that
  CHECK(crowd.passes.members() == Passes::kPassesMax + 1);
}

TEST_CASE("a pass that catches up with another becomes part of it") {
  Crowd crowd(3);
  crowd.passes.join(0, 20'000);
  crowd.passes.join(1, 10);
  crowd.passes.join(2, 10);
  crowd.passes.leave(2);
  Pass* behind = crowd.passes.next();
  while (behind->at != 10) behind = crowd.passes.next();
  CHECK(crowd.passes.meets(*behind, 50'000) == 20'000);
  behind->at = 20'000;
  crowd.passes.merge(*behind);
  CHECK(crowd.passes.running() == 1);
  CHECK(crowd.passes.members() == 2);
  Pass* left = crowd.passes.next();
  CHECK(crowd.passes.meets(*left, 50'000) == 50'000);
  auto members = crowd.passes.end(*left, 10);
  std::ranges::sort(members);
  CHECK(members == std::vector<PersonNumber>{0, 1});
  CHECK_FALSE(crowd.passes.member(0));
  CHECK(crowd.passes.next() == nullptr);
}

TEST_CASE("a pass ends for a few of its members at a time, and the others read on") {
  Crowd crowd(5);
  for (PersonNumber n = 0; n < 5; ++n) crowd.passes.join(n, 100);
  crowd.passes.leave(4);
  Pass& pass = *crowd.passes.next();
  pass.at = 200;
  auto members = crowd.passes.end(pass, 2);
  CHECK(members.size() == 2);
  CHECK(pass.running);
  CHECK(crowd.passes.members() == 2);
  pass.at = 300;
  for (PersonNumber n = 0; n < 5; ++n)
    if (crowd.passes.member(n)) CHECK(crowd.passes.at(n) == 300);
  std::ranges::copy(crowd.passes.end(pass, 10), std::back_inserter(members));
  std::ranges::sort(members);
  CHECK(members == std::vector<PersonNumber>{0, 1, 2, 3});
  CHECK_FALSE(pass.running);
}

TEST_CASE("whoever leaves and joins again is a member once") {
  Crowd crowd(2);
  crowd.passes.join(0, 10);
  for (int i = 0; i < 5000; ++i) {
    crowd.passes.join(1, 10);
    crowd.passes.leave(1);
  }
  crowd.passes.join(1, 10);
  Pass* pass = crowd.passes.next();
  CHECK(pass->size == 2);
  CHECK(pass->members.size() < 3000);
  CHECK(crowd.passes.end(*pass, 10).size() == 2);
}

}  // namespace
}  // namespace bridge::fanout
