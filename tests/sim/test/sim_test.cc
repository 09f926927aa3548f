// Many seeds against the laws; the planted bugs, which the laws must notice; and that a seed is the
// same run every time.
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "tests/sim/world.h"

using namespace tests::sim;  // NOLINT(google-build-using-namespace)

namespace {

// The first seed in which the laws are broken, 0 when there is none.
std::uint64_t first_broken(std::uint64_t seeds, Mutant mutant, std::string& how) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    how = run(plan_for(seed, mutant), Trace::Mode::kOff).violation;
    if (!how.empty()) return seed;
  }
  return 0;
}

void weather_storms(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Outcome outcome = run(plan_for(seed), Trace::Mode::kOff);
    INFO("to see it again: scripts/sim --trace --seed " << seed);
    REQUIRE(outcome.violation == "");
  }
}

}  // namespace

// In parts, so that several cores can share them, and none is long on a slow machine.
TEST_CASE("the laws hold in the storms 1 to 25") {
  weather_storms(1, 25);
}
TEST_CASE("the laws hold in the storms 26 to 50") {
  weather_storms(26, 50);
}
TEST_CASE("the laws hold in the storms 51 to 75") {
  weather_storms(51, 75);
}
TEST_CASE("the laws hold in the storms 76 to 100") {
  weather_storms(76, 100);
}
TEST_CASE("the laws hold in the storms 101 to 125") {
  weather_storms(101, 125);
}
TEST_CASE("the laws hold in the storms 126 to 150") {
  weather_storms(126, 150);
}
TEST_CASE("the laws hold in the storms 151 to 175") {
  weather_storms(151, 175);
}
TEST_CASE("the laws hold in the storms 176 to 200") {
  weather_storms(176, 200);
}
TEST_CASE("the laws hold in the storms 201 to 225") {
  weather_storms(201, 225);
}
TEST_CASE("the laws hold in the storms 226 to 250") {
  weather_storms(226, 250);
}
TEST_CASE("the laws hold in the storms 251 to 275") {
  weather_storms(251, 275);
}
TEST_CASE("the laws hold in the storms 276 to 300") {
  weather_storms(276, 300);
}

TEST_CASE("a seed is the same run every time") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Outcome once = run(plan_for(seed), Trace::Mode::kSum);
    const Outcome again = run(plan_for(seed), Trace::Mode::kSum);
    CHECK(once.sum == again.sum);
    CHECK(once.steps == again.steps);
  }
}

TEST_CASE("the laws notice a planted bug") {
  const Mutant mutant =
      GENERATE(Mutant::kAckBeforeFsync, Mutant::kCursorOffByOne, Mutant::kCreditOffByOne,
               Mutant::kCompactionMovesJob, Mutant::kRetrackDeliversGap, Mutant::kTwiceFromTwoLists,
               Mutant::kCheckpointBeforeAck, Mutant::kDigestForgetsOne, Mutant::kReturnedForgotten,
               Mutant::kNoBackOff, Mutant::kChangeMissesTheAway);
  std::string how;
  const std::uint64_t seed = first_broken(200, mutant, how);
  INFO(name(mutant) << " in seed " << seed << ": " << how);
  CHECK(seed != 0);
}
