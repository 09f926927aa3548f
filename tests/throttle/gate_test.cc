#include "throttle/gate.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/throttle/story.h"

namespace throttle {
namespace {

struct Levels {
  KeyedLimiter person{4000};
  KeyedLimiter domain{100};
  Limiter lane;
  KeyedRule person_rule{{.policy = policy("1/s")}};
  KeyedRule domain_rule{{.policy = policy("2/s")}};
  Rule lane_rule{.policy = policy("3/s")};

  Verdict say(std::string_view who, std::string_view where, Time now) {
    const Level levels[] = {{"person", person, person.id(who), person_rule},
                            {"domain", domain, domain.id(where), domain_rule},
                            {"lane", lane, lane_rule}};
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
  const Verdict refused = levels.say("eve", "example.com", at(0s));
  CHECK(refused.bound == "lane");
  CHECK(refused.level == 2);
  CHECK(refused.not_before == at(333333334ns));
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
  const Verdict both = levels.say("alice", "example.org", at(0s));
  CHECK(both.bound == "person");
  CHECK(both.not_before == at(1s));
  levels.lane_rule.policy = policy("0/s");
  CHECK(levels.say("alice", "example.org", at(0s)).bound == "lane");
  CHECK(levels.say("alice", "example.org", at(0s)).kind == Verdict::Kind::kRefuse);
}

TEST_CASE("a rule says what becomes of what is over it") {
  Levels levels;
  REQUIRE(levels.say("alice", "example.org", at(0s)).admitted());
  levels.person_rule.excess = Excess::kDivert;
  const Verdict diverted = levels.say("alice", "example.org", at(0s));
  CHECK(diverted.kind == Verdict::Kind::kDivert);
  CHECK(diverted.not_before == at(1s));
  levels.person_rule.excess = Excess::kRefuse;
  CHECK(levels.say("alice", "example.org", at(0s)).kind == Verdict::Kind::kRefuse);
}

TEST_CASE("a rule in shadow lets everything pass, says so, and is charged as if in force") {
  Levels levels;
  levels.person_rule.shadow = true;
  CHECK(levels.say("alice", "example.org", at(0s)).shadowed == 0);
  const Verdict shadowed = levels.say("alice", "example.org", at(0s));
  CHECK(shadowed.admitted());
  CHECK(shadowed.shadowed == 1);
  CHECK(levels.say("alice", "example.org", at(0s)).bound == "domain");  // both were charged to it
  levels.person_rule.shadow = false;
  CHECK(levels.say("alice", "example.net", at(999999999ns)).bound == "person");
  CHECK(levels.say("alice", "example.net", at(1s)).admitted());
}

TEST_CASE("a rule for a share of the people binds that share, always the same") {
  Levels levels;
  levels.domain_rule.policy = levels.lane_rule.policy = policy("unlimited");
  levels.person_rule.percent = 30;
  std::vector<bool> bound;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 2000; ++i) {
      const std::string who = "p" + std::to_string(i);
      if (round == 0) REQUIRE(levels.say(who, "example.org", at(0s)).admitted());
      const bool is_bound = !levels.say(who, "example.org", at(0s)).admitted();
      if (round == 0) bound.push_back(is_bound);
      REQUIRE(bound[static_cast<std::size_t>(i)] == is_bound);
    }
  }
  const auto share = std::ranges::count(bound, true);
  CHECK(share > 500);
  CHECK(share < 700);
}

TEST_CASE("an override holds for its key alone, and leaving it refills nothing") {
  Levels levels;
  levels.domain_rule.policy = levels.lane_rule.policy = policy("unlimited");
  REQUIRE(levels.say("alice", "example.org", at(0s)).admitted());
  levels.person_rule.overrides = std::make_shared<const Overrides>(
      std::vector<Overrides::Entry>{{levels.person.id("alice"), policy("1/s burst 3")}});
  // What was charged under everybody's policy is still charged: nothing was left.
  CHECK_FALSE(levels.say("alice", "example.org", at(0s)).admitted());
  for (int i = 0; i < 3; ++i) CHECK(levels.say("alice", "example.org", at(3s)).admitted());
  CHECK_FALSE(levels.say("alice", "example.org", at(3s)).admitted());
  CHECK(levels.say("bob", "example.org", at(3s)).admitted());
  CHECK_FALSE(levels.say("bob", "example.org", at(3s)).admitted());
  levels.person_rule.overrides = nullptr;
  CHECK(levels.say("alice", "example.org", at(3s)).not_before == at(4s));
  CHECK(levels.say("alice", "example.org", at(4s)).admitted());
}

TEST_CASE("nothing limits where there is no level") {
  CHECK(pass({}, kStart).admitted());
}

TEST_CASE("levels are charged all or none, and the common moment is exact") {
  holds("all or none", [] {
    std::vector<Rule> rules;
    for (int i = 0; i < 3; ++i) rules.push_back({.policy = any_policy()});
    std::vector<Limiter> gated(3);
    std::vector<Limiter> oracle(3);
    Time now = kStart;
    const auto steps =
        *rc::gen::container<std::vector<std::pair<std::int64_t, std::uint64_t>>>(rc::gen::pair(
            rc::gen::inRange<std::int64_t>(0, 100'000'000), rc::gen::inRange<std::uint64_t>(1, 4)));
    for (const auto& [step, cost] : steps) {
      now += Duration(step);
      std::vector<Level> levels;
      for (std::size_t i = 0; i < 3; ++i) levels.emplace_back("level", gated[i], rules[i], cost);
      bool all = true;
      for (std::size_t i = 0; i < 3; ++i)
        all &= oracle[i].check(rules[i].policy, now, cost).admitted();
      const Verdict verdict = pass(levels, now);
      RC_ASSERT(verdict.admitted() == all);
      for (std::size_t i = 0; i < 3; ++i) {
        if (all) oracle[i].charge(rules[i].policy, now, cost);
        RC_ASSERT(oracle[i].check(rules[i].policy, now).not_before ==
                  gated[i].check(rules[i].policy, now).not_before);
      }
      if (verdict.kind != Verdict::Kind::kNotBefore) continue;
      RC_ASSERT(!check(levels, verdict.not_before - 1ns).admitted());
      RC_ASSERT(check(levels, verdict.not_before).admitted());
    }
  });
}

TEST_CASE("no level admits more than its burst and its pace, in any interval") {
  holds("the bound of every level", [] {
    const std::vector<Policy> policies{any_policy(), any_policy(), any_policy(), any_policy()};
    KeyedRule person{{.policy = policies[0]}}, domain{{.policy = policies[1]}};
    Rule command{.policy = policies[2]}, lane{.policy = policies[3]};
    KeyedLimiter people(64), domains(64);
    Limiter commands, lanes;
    struct Passed {
      Time when;
      std::uint64_t who;
    };
    std::vector<Passed> passed;
    Time now = kStart;
    const auto steps = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::int64_t>>>(
        200, rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 6),
                           rc::gen::inRange<std::int64_t>(0, 300'000'000)));
    for (const auto& [who, step] : steps) {
      now += Duration(step);
      const Level levels[] = {{"person", people, people.id(std::to_string(who)), person},
                              {"domain", domains, domains.id(std::to_string(who % 2)), domain},
                              {"command", commands, command},
                              {"lane", lanes, lane}};
      if (pass(levels, now).admitted()) passed.push_back({now, who});
    }
    for (std::size_t level = 0; level < 4; ++level) {
      const auto bucket = [&](std::uint64_t who) {
        return level == 0 ? who : level == 1 ? who % 2 : 0;
      };
      for (std::size_t from = 0; from < passed.size(); ++from) {
        std::uint64_t sum = 0;
        for (std::size_t to = from; to < passed.size(); ++to) {
          if (bucket(passed[to].who) != bucket(passed[from].who)) continue;
          ++sum;
          const auto earned = static_cast<std::uint64_t>((passed[to].when - passed[from].when) /
                                                         policies[level].interval());
          RC_ASSERT(sum <= policies[level].burst() + earned);
        }
      }
    }
  });
}

}  // namespace throttle
