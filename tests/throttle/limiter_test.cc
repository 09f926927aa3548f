#include "throttle/limiter.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "tests/throttle/story.h"

namespace throttle {
namespace {

// As many single units as pass at this moment.
std::uint64_t drain(Limiter& limiter, const Policy& policy, Time now) {
  std::uint64_t passed = 0;
  while (limiter.decide(policy, now).admitted()) ++passed;
  return passed;
}

struct Passed {
  Time when;
  std::uint64_t cost;
};

// In no interval between two admissions more than the burst and what the pace gives.
void assert_bound(const std::vector<Passed>& passed, Duration interval, std::uint64_t burst) {
  for (std::size_t from = 0; from < passed.size(); ++from) {
    std::uint64_t sum = 0;
    for (std::size_t to = from; to < passed.size(); ++to) {
      sum += passed[to].cost;
      const auto earned =
          static_cast<std::uint64_t>((passed[to].when - passed[from].when) / interval);
      RC_ASSERT(sum <= burst + earned);
    }
  }
}

}  // namespace

TEST_CASE("a burst passes at once, then one unit per interval") {
  Limiter limiter;
  const Policy two_a_second = policy("2/s burst 3");
  CHECK(drain(limiter, two_a_second, at(0s)) == 3);
  CHECK(limiter.decide(two_a_second, at(0s)).not_before == at(500ms));
  CHECK(drain(limiter, two_a_second, at(499999999ns)) == 0);
  CHECK(drain(limiter, two_a_second, at(500ms)) == 1);
  CHECK(drain(limiter, two_a_second, at(1h)) == 3);
}

TEST_CASE("a cost above the burst never passes, and the full burst does") {
  Limiter limiter;
  CHECK(limiter.decide(policy("2/s burst 3"), kStart, 4).kind == Decision::Kind::kNever);
  CHECK(limiter.idle(kStart));
  CHECK(limiter.decide(policy("2/s burst 3"), kStart, 3).admitted());
}

TEST_CASE("0/s lets nothing pass, unlimited everything") {
  Limiter limiter;
  CHECK(limiter.decide(policy("0/s"), kStart).kind == Decision::Kind::kNever);
  CHECK(limiter.decide(policy("0/s"), kStart, 0).kind == Decision::Kind::kNever);
  CHECK(limiter.decide(policy("unlimited"), kStart, UINT64_MAX).admitted());
  CHECK(limiter.idle(kStart));
}

TEST_CASE("a refusal's moment is exact") {
  holds("denied at every instant before, admitted at it", [] {
    const Policy any = any_policy();
    Limiter limiter;
    Time now = at(Duration(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000)));
    drain(limiter, any, now);
    now += Duration(*rc::gen::inRange<std::int64_t>(0, any.span().count()));
    drain(limiter, any, now);
    const auto cost = *rc::gen::inRange<std::uint64_t>(1, any.burst() + 1);
    const Decision refused = limiter.check(any, now, cost);
    RC_ASSERT(refused.kind == Decision::Kind::kNotBefore);
    RC_ASSERT(refused.not_before > now);
    const Duration wait = refused.not_before - now;
    for (int part = 0; part < 16; ++part) {
      const Decision early = limiter.decide(any, now + wait * part / 16, cost);
      RC_ASSERT(early.kind == Decision::Kind::kNotBefore);
      RC_ASSERT(early.not_before == refused.not_before);
    }
    RC_ASSERT(!limiter.decide(any, refused.not_before - 1ns, cost).admitted());
    RC_ASSERT(limiter.decide(any, refused.not_before, cost).admitted());
  });
}

TEST_CASE("in every interval at most burst and pace") {
  holds("bound", [] {
    const Policy any = any_policy();
    const auto steps = *rc::gen::container<std::vector<std::pair<std::int64_t, std::uint64_t>>>(
        rc::gen::pair(rc::gen::inRange<std::int64_t>(0, any.interval().count() * 2),
                      rc::gen::inRange<std::uint64_t>(0, any.burst() + 2)));
    Limiter limiter;
    std::vector<Passed> passed;
    Time now = kStart;
    for (const auto& [step, cost] : steps) {
      now += Duration(step);
      if (limiter.decide(any, now, cost).admitted()) passed.push_back({now, cost});
    }
    assert_bound(passed, any.interval(), any.burst());
  });
}

TEST_CASE("time that goes backwards refills nothing and takes nothing") {
  holds("reverse", [] {
    const Policy any = any_policy();
    const auto jumps = *rc::gen::container<std::vector<std::int64_t>>(
        rc::gen::inRange<std::int64_t>(0, 3'600'000'000'000));
    Limiter straight, shaken;
    const auto used = *rc::gen::inRange<std::uint64_t>(1, any.burst() + 1);
    straight.decide(any, kStart, used);
    shaken.decide(any, kStart, used);
    for (const std::int64_t jump : jumps) shaken.check(any, kStart - Duration(jump), any.burst());
    RC_ASSERT(drain(shaken, any, kStart) == any.burst() - used);
    RC_ASSERT(drain(straight, any, kStart) == any.burst() - used);
    for (const std::int64_t jump : jumps)
      RC_ASSERT(drain(shaken, any, kStart - Duration(jump)) == 0);
    RC_ASSERT(straight.check(any, kStart).not_before == shaken.check(any, kStart).not_before);
  });
}

TEST_CASE("the bucket agrees with one that counts in fractions of units") {
  holds("differential", [] {
    // Whole milliseconds and powers of two, so that the doubles of the naive bucket are exact.
    const auto per = Duration(std::int64_t{1} << *rc::gen::inRange(10, 30));
    const auto burst = *rc::gen::inRange<std::uint64_t>(1, 30);
    const Policy even = *Policy::make(1, per, burst);
    const auto steps = *rc::gen::container<std::vector<std::pair<std::int64_t, std::uint64_t>>>(
        rc::gen::pair(rc::gen::inRange<std::int64_t>(0, per.count() * 2),
                      rc::gen::inRange<std::uint64_t>(1, burst + 1)));
    Limiter limiter;
    Time now = kStart;
    double tokens = static_cast<double>(burst);
    for (const auto& [step, cost] : steps) {
      now += Duration(step);
      tokens += static_cast<double>(step) / static_cast<double>(per.count());
      tokens = std::min(tokens, static_cast<double>(burst));
      const bool naive = tokens >= static_cast<double>(cost);
      if (naive) tokens -= static_cast<double>(cost);
      RC_ASSERT(limiter.decide(even, now, cost).admitted() == naive);
    }
  });
}

TEST_CASE("a new pace counts from the next decision and refills nothing") {
  Limiter limiter;
  CHECK(drain(limiter, policy("10/s burst 10"), at(0s)) == 10);
  SECTION("slower: the empty bucket stays empty") {
    CHECK(limiter.decide(policy("1/s burst 10"), at(0s)).not_before == at(1s));
  }
  SECTION("faster: nobody waits for the old pace") {
    CHECK(limiter.decide(policy("1000/s burst 10"), at(0s)).not_before == at(1ms));
  }
  SECTION("a smaller burst leaves no old debt") {
    CHECK(limiter.decide(policy("10/s burst 2"), at(0s)).not_before == at(100ms));
    CHECK(drain(limiter, policy("10/s burst 2"), at(1s)) == 2);
  }
  SECTION("a larger burst fills nothing") {
    CHECK(limiter.decide(policy("10/s burst 1000"), at(0s)).not_before == at(100ms));
  }
  SECTION("lifted and set again: what was used is still used") {
    CHECK(limiter.decide(policy("unlimited"), at(0s)).admitted());
    CHECK(limiter.decide(policy("0/s"), at(0s)).kind == Decision::Kind::kNever);
    CHECK(drain(limiter, policy("10/s burst 10"), at(0s)) == 0);
  }
}

TEST_CASE("around a change of policy nobody gets more than the larger burst") {
  holds("flip", [] {
    const Policy before = any_policy();
    const Policy after = any_policy();
    const Duration pace = std::max(before.interval(), after.interval());
    const auto steps = *rc::gen::container<std::vector<std::int64_t>>(
        rc::gen::inRange<std::int64_t>(0, pace.count() * 2));
    const std::size_t flip = *rc::gen::inRange<std::size_t>(0, steps.size() + 1);
    Limiter limiter;
    std::vector<Passed> passed;
    Time now = kStart;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      now += Duration(steps[i]);
      const Policy& current = i < flip ? before : after;
      while (limiter.decide(current, now).admitted()) passed.push_back({now, 1});
    }
    assert_bound(passed, std::min(before.interval(), after.interval()),
                 std::max(before.burst(), after.burst()));
  });
}

TEST_CASE("a refusal's moment holds after a change of policy too") {
  holds("exact after flip", [] {
    const Policy before = any_policy();
    const Policy after = any_policy();
    Limiter limiter;
    drain(limiter, before, kStart);
    const Time now = kStart + Duration(*rc::gen::inRange<std::int64_t>(0, before.span().count()));
    const auto cost = *rc::gen::inRange<std::uint64_t>(1, after.burst() + 1);
    const Decision refused = limiter.check(after, now, cost);
    RC_PRE(refused.kind == Decision::Kind::kNotBefore);
    RC_ASSERT(!limiter.decide(after, refused.not_before - 1ns, cost).admitted());
    RC_ASSERT(limiter.decide(after, refused.not_before, cost).admitted());
  });
}

TEST_CASE("nothing overflows, whatever the clock and the cost") {
  holds("extremes", [] {
    const auto any_time =
        rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(),
                       rc::gen::element(std::numeric_limits<std::int64_t>::min(),
                                        std::numeric_limits<std::int64_t>::max(), std::int64_t{0}));
    const auto policies = {*Policy::make(1, Policy::kSpanMax, 1),
                           *Policy::make(1, 1ns, 3'000'000'000'000'000'000), policy("0/s"),
                           Policy(), any_policy()};
    Limiter limiter;
    for (int i = 0; i < 20; ++i) {
      const Policy& any = *(policies.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, 5));
      const Time now{Duration(*any_time)};
      const auto cost = *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(),
                                        rc::gen::element<std::uint64_t>(0, 1, UINT64_MAX));
      const Decision decision = limiter.decide(any, now, cost);
      if (decision.kind == Decision::Kind::kNotBefore) RC_ASSERT(decision.not_before > now);
      if (*rc::gen::arbitrary<bool>()) limiter.charge(any, now, cost);
    }
  });
}

}  // namespace throttle
