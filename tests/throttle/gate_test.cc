#include "throttle/gate.h"

#include <vector>

#include "tests/throttle/story.h"

namespace throttle {
namespace {

struct Levels {
  KeyedLimiter person{100};
  KeyedLimiter domain{100};
  Limiter lane;
  Policy person_policy = policy("1/s");
  Policy domain_policy = policy("2/s");
  Policy lane_policy = policy("3/s");

  GateDecision say(std::string_view who, std::string_view where, Time now) {
    const Level levels[] = {{"person", person, who, person_policy},
                            {"domain", domain, where, domain_policy},
                            {"lane", lane, lane_policy}};
    return pass(levels, now);
  }
};

}  // namespace

TEST_CASE("the level that binds is named") {
  Levels levels;
  CHECK(levels.say("alice", "example.org", at(0s)).bound.empty());
  CHECK(levels.say("alice", "example.org", at(0s)).bound == "person");
  CHECK(levels.say("bob", "example.org", at(0s)).admitted());
  CHECK(levels.say("carol", "example.org", at(0s)).bound == "domain");
  CHECK(levels.say("dave", "example.net", at(0s)).admitted());
  const GateDecision refused = levels.say("eve", "example.com", at(0s));
  CHECK(refused.bound == "lane");
  CHECK(refused.decision.not_before == at(333333334ns));
}

TEST_CASE("a refusal charges nobody") {
  Levels levels;
  REQUIRE(levels.say("alice", "example.org", at(0s)).admitted());
  for (int i = 0; i < 100; ++i) CHECK_FALSE(levels.say("alice", "example.org", at(0s)).admitted());
  CHECK(levels.say("bob", "example.org", at(0s)).admitted());
  CHECK(levels.say("carol", "example.net", at(0s)).admitted());
}

TEST_CASE("a never binds before any wait, and the later wait before the sooner") {
  Levels levels;
  REQUIRE(levels.say("alice", "example.org", at(0s)).admitted());
  REQUIRE(levels.say("bob", "example.org", at(0s)).admitted());
  const GateDecision both = levels.say("alice", "example.org", at(0s));
  CHECK(both.bound == "person");
  CHECK(both.decision.not_before == at(1s));
  levels.lane_policy = policy("0/s");
  CHECK(levels.say("alice", "example.org", at(0s)).bound == "lane");
}

TEST_CASE("nothing limits where there is no level") {
  CHECK(pass({}, kStart).admitted());
}

TEST_CASE("levels are charged all or none, and the common moment is exact") {
  holds("all or none", [] {
    const std::vector<Policy> policies{any_policy(), any_policy(), any_policy()};
    std::vector<Limiter> gated(3);
    std::vector<Limiter> oracle(3);
    Time now = kStart;
    const auto steps =
        *rc::gen::container<std::vector<std::pair<std::int64_t, std::uint64_t>>>(rc::gen::pair(
            rc::gen::inRange<std::int64_t>(0, 100'000'000), rc::gen::inRange<std::uint64_t>(1, 4)));
    for (const auto& [step, cost] : steps) {
      now += Duration(step);
      std::vector<Level> levels;
      for (std::size_t i = 0; i < 3; ++i) levels.emplace_back("level", gated[i], policies[i], cost);
      bool all = true;
      for (std::size_t i = 0; i < 3; ++i) all &= oracle[i].check(policies[i], now, cost).admitted();
      const GateDecision gate = pass(levels, now);
      RC_ASSERT(gate.admitted() == all);
      for (std::size_t i = 0; i < 3; ++i) {
        if (all) oracle[i].charge(policies[i], now, cost);
        RC_ASSERT(oracle[i].check(policies[i], now).not_before ==
                  gated[i].check(policies[i], now).not_before);
      }
      if (gate.decision.kind != Decision::Kind::kNotBefore) continue;
      RC_ASSERT(!check(levels, gate.decision.not_before - 1ns).admitted());
      RC_ASSERT(check(levels, gate.decision.not_before).admitted());
    }
  });
}

}  // namespace throttle
