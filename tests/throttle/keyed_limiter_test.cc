#include "throttle/keyed_limiter.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/throttle/story.h"

namespace throttle {
namespace {

std::string key_number(std::uint64_t number) {
  return "k" + std::to_string(number);
}

}  // namespace

TEST_CASE("each key has a bucket of its own") {
  KeyedLimiter keyed(10);
  const Policy one = policy("1/s");
  CHECK(keyed.decide("alice", one, at(0s)).admitted());
  CHECK(keyed.decide("bob", one, at(0s)).admitted());
  CHECK(keyed.decide("alice", one, at(0s)).not_before == at(1s));
}

TEST_CASE("asking takes no room, and neither does what is not limited") {
  KeyedLimiter keyed(10);
  CHECK(keyed.check("alice", policy("1/s"), at(0s)).admitted());
  CHECK(keyed.decide("alice", policy("unlimited"), at(0s)).admitted());
  CHECK(keyed.decide("alice", policy("1/s"), at(0s), 2).kind == Decision::Kind::kNever);
  CHECK(keyed.busy(at(0s)) == 0);
}

TEST_CASE("a flood of keys shares one bucket and refills no busy key") {
  KeyedLimiter keyed(100);
  const Policy five = policy("5/m");
  std::vector<std::string> busy;  // those that have a bucket of their own
  for (int i = 0; i < 100; ++i) {
    const auto before = keyed.overflow_charges();
    REQUIRE(keyed.decide(key_number(i), five, at(0s), 5).admitted());
    if (keyed.overflow_charges() == before) busy.push_back(key_number(i));
  }
  CHECK(busy.size() >= 98);
  const std::size_t places = keyed.bytes() / 64 * PackedTable::kPerLine;
  int passed = 0;
  for (int i = 100; i < 100'000; ++i)
    if (keyed.decide(key_number(i), five, at(1s), 5).admitted()) ++passed;
  // As many as there were places for, and then what one more key may have.
  CHECK(keyed.busy(at(1s)) == places);
  CHECK(passed <= static_cast<int>(places - busy.size()) + 1);
  for (const std::string& key : busy) CHECK_FALSE(keyed.decide(key, five, at(1s)).admitted());
}

TEST_CASE("a new policy for everybody refills the shared bucket as little as any other") {
  KeyedLimiter keyed(0);
  const Policy hundred = policy("1/s burst 100");
  int own = 0;  // a table for nobody has one line all the same
  for (; keyed.overflow_charges() == 0; ++own)
    REQUIRE(keyed.decide(key_number(own), hundred, at(0s), 100).admitted());
  CHECK_FALSE(keyed.decide("b", policy("1/s"), at(0s)).admitted());
  CHECK_FALSE(keyed.decide("b", hundred, at(0s)).admitted());
  CHECK_FALSE(keyed.decide("c", policy("1/s"), at(999ms)).admitted());
  CHECK(keyed.decide("c", policy("1/s"), at(1s)).admitted());
}

TEST_CASE("room comes back when keys fall idle") {
  KeyedLimiter keyed(1000);
  const Policy one = policy("1/s");
  for (int i = 0; i < 1000; ++i) REQUIRE(keyed.decide(key_number(i), one, at(0s)).admitted());
  CHECK(keyed.busy(at(0s)) >= 990);
  CHECK(keyed.busy(at(1s)) == 0);
  for (int i = 1000; i < 2000; ++i) REQUIRE(keyed.decide(key_number(i), one, at(1s)).admitted());
}

TEST_CASE("a table decides as one bucket for each key that is never forgotten") {
  holds("equivalence", [] {
    const Policy any = any_policy();
    KeyedLimiter keyed(64);
    std::map<std::string, Limiter, std::less<>> oracle;
    Time now = kStart;
    const auto steps = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::int64_t>>>(
        400, rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 300),
                           rc::gen::inRange<std::int64_t>(0, any.span().count() / 8 + 2)));
    for (const auto& [key, step] : steps) {
      now += Duration(step);
      const Decision ours = keyed.decide(key_number(key), any, now);
      RC_PRE(keyed.overflow_charges() == 0);
      const Decision theirs = oracle[key_number(key)].decide(any, now);
      RC_ASSERT(ours.kind == theirs.kind);
      RC_ASSERT(ours.not_before == theirs.not_before);
    }
  });
}

TEST_CASE("a change of policy is as if every bucket had been restated at that moment") {
  holds("config flips", [] {
    KeyedLimiter keyed(64);
    std::map<std::uint64_t, Limiter> oracle;
    Policy in_force = any_policy();
    Time now = kStart;
    for (int change = 0; change < 100; ++change) {
      const auto steps = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::int64_t>>>(
          5, rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 40),
                           rc::gen::inRange<std::int64_t>(0, in_force.span().count() / 4 + 2)));
      for (const auto& [key, step] : steps) {
        now += Duration(step);
        const Decision ours = keyed.decide(key_number(key), in_force, now);
        RC_PRE(keyed.overflow_charges() == 0);
        const Decision theirs = oracle[key].decide(in_force, now);
        RC_ASSERT(ours.kind == theirs.kind);
        RC_ASSERT(ours.not_before == theirs.not_before);
      }
      in_force = any_policy();
      // The first call makes the change; all of the oracle's buckets hear of it at once.
      keyed.check("somebody", in_force, now);
      for (auto& [key, limiter] : oracle) limiter.check(in_force, now);
    }
  });
}

TEST_CASE("around a change nobody gets more than the larger burst") {
  holds("flips do not refill", [] {
    KeyedLimiter keyed(16);
    const std::vector<Policy> policies{any_policy(), any_policy()};
    std::uint64_t passed = 0;
    for (int flip = 0; flip < 50; ++flip)
      while (keyed.decide("alice", policies[static_cast<std::size_t>(flip) % 2], kStart).admitted())
        ++passed;
    RC_ASSERT(passed <= std::max(policies[0].burst(), policies[1].burst()));
  });
}

TEST_CASE("a refusal's moment is exact for every key") {
  holds("not before T", [] {
    KeyedLimiter keyed(64);
    const Policy any = any_policy();
    Time now = kStart;
    for (std::uint64_t key = 0; key < 20; ++key) {
      now += Duration(*rc::gen::inRange<std::int64_t>(0, any.span().count()));
      while (keyed.decide(key_number(key), any, now).admitted()) {
      }
      const Decision refused = keyed.check(key_number(key), any, now);
      RC_PRE(keyed.overflow_charges() == 0);
      RC_ASSERT(!keyed.check(key_number(key), any, refused.not_before - 1ns).admitted());
      RC_ASSERT(keyed.check(key_number(key), any, refused.not_before).admitted());
      now = refused.not_before;
    }
  });
}

TEST_CASE("time that goes backwards stands still") {
  KeyedLimiter keyed(10);
  const Policy one = policy("1/s burst 2");
  REQUIRE(keyed.decide("alice", one, at(10s)).admitted());
  REQUIRE(keyed.decide("alice", one, at(5s)).admitted());
  CHECK(keyed.decide("alice", one, at(0s)).not_before == at(11s));
  CHECK_FALSE(keyed.decide("alice", one, at(10999ms)).admitted());
  CHECK(keyed.decide("alice", one, at(11s)).admitted());
  CHECK(keyed.decide("bob", one, at(0s)).admitted());
}

TEST_CASE("a bucket lives through years of nothing, and through hours of one that is busy") {
  KeyedLimiter keyed(10);
  const Policy daily = policy("10/d burst 20");
  for (int i = 0; i < 20; ++i) REQUIRE(keyed.decide("alice", daily, at(0s)).admitted());
  for (int hour = 1; hour < 1000; ++hour) {
    // One comes back every 144 minutes.
    keyed.decide("bob", policy("10/d burst 20"), at(hour * 1h));
    CHECK(keyed.decide("alice", daily, at(hour * 1h)).admitted() ==
          (hour * 60 / 144 > (hour - 1) * 60 / 144));
  }
  CHECK(keyed.busy(at(24h * 3650)) == 0);
  CHECK(keyed.decide("alice", daily, at(24h * 3650), 20).admitted());
}

TEST_CASE("keys that find no room in their line are found again in others") {
  KeyedLimiter keyed(1000);
  const Policy one = policy("1/m burst 1");
  std::vector<std::string> held;
  for (int i = 0; held.size() < 1400 && i < 5000; ++i) {  // of 1,600 places
    const auto before = keyed.overflow_charges();
    if (keyed.decide(key_number(i), one, at(0s)).admitted() && keyed.overflow_charges() == before)
      held.push_back(key_number(i));
  }
  CHECK(held.size() == 1400);
  for (const std::string& key : held) CHECK(keyed.decide(key, one, at(30s)).not_before == at(60s));
}

TEST_CASE("the key hash is SipHash") {
  // The vector of the paper's appendix: key bytes 00..0f, message bytes 00..0e.
  const HashSeed seed{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::string message;
  for (char byte = 0; byte < 15; ++byte) message.push_back(byte);
  CHECK(sip_hash<2, 4>(seed, message) == 0xa129ca6149be45e5);
  CHECK(sip_hash<1, 3>(seed, message) != sip_hash<1, 3>({1, 2}, message));
}

}  // namespace throttle
