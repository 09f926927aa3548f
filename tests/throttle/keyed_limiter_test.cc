#include "throttle/keyed_limiter.h"

#include <map>
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
  CHECK(keyed.size() == 0);
}

TEST_CASE("a flood of keys shares one bucket and refills no busy key") {
  KeyedLimiter keyed(100);
  const Policy five = policy("5/m");
  for (int i = 0; i < 100; ++i) REQUIRE(keyed.decide(key_number(i), five, at(0s), 5).admitted());
  int passed = 0;
  for (int i = 100; i < 10'000; ++i) {
    if (keyed.decide(key_number(i), five, at(1s)).admitted()) ++passed;
  }
  CHECK(passed == 5);
  CHECK(keyed.overflow_charges() == 5);
  CHECK(keyed.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(keyed.decide(key_number(i), five, at(1s)).admitted());
}

TEST_CASE("the shared bucket cannot be refilled by mixing policies") {
  KeyedLimiter keyed(0);
  CHECK(keyed.decide("a", policy("1/s burst 100"), at(0s), 100).admitted());
  CHECK_FALSE(keyed.decide("b", policy("1/s"), at(1s)).admitted());
  CHECK_FALSE(keyed.decide("c", policy("1/s burst 100"), at(2s), 3).admitted());
  CHECK(keyed.decide("c", policy("1/s burst 100"), at(2s), 2).admitted());
}

TEST_CASE("room comes back when keys fall idle") {
  KeyedLimiter keyed(1000);
  const Policy one = policy("1/s");
  for (int i = 0; i < 1000; ++i) REQUIRE(keyed.decide(key_number(i), one, at(0s)).admitted());
  for (int i = 0; i < 1000; ++i) keyed.decide("alice", one, at(2s + i * 1s));
  CHECK(keyed.size() < 100);
}

TEST_CASE("a table with eviction decides as one that forgets nothing") {
  holds("eviction equivalence", [] {
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
      RC_PRE(keyed.overflow_charges() == 0 && keyed.size() < 64);
      const Decision theirs = oracle[key_number(key)].decide(any, now);
      RC_ASSERT(ours.kind == theirs.kind);
      RC_ASSERT(ours.not_before == theirs.not_before);
    }
  });
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
