#include "bridge/fanout/checkpoint_pace.h"

#include <catch2/catch.hpp>

using bridge::base::Time;
using bridge::fanout::CheckpointPace;
using namespace std::chrono_literals;

TEST_CASE("checkpoints are regular, and early ones have a budget", "[checkpoint_pace]") {
  const Time start{1h};
  CheckpointPace pace(1s, start);

  SECTION("a few changes wait for the regular one") {
    CHECK_FALSE(pace.due(start + 999ms, 1));
    CHECK(pace.due(start + 1s, 1));
  }
  SECTION("many do not") {
    CHECK(pace.due(start, CheckpointPace::kMany));
  }
  SECTION("a slow one is followed by a rest in proportion") {
    pace.written(start, start + 10ms, true);
    CHECK_FALSE(pace.due(start + 509ms, CheckpointPace::kMany));
    CHECK(pace.due(start + 510ms, CheckpointPace::kMany));
    CHECK(pace.regular() == start + 1s);
  }
  SECTION("one slower than the budget leaves the regular ones as they are") {
    pace.written(start, start + 100ms, true);
    CHECK_FALSE(pace.due(start + 999ms, CheckpointPace::kMany));
    CHECK(pace.due(start + 1s, CheckpointPace::kMany));
  }
  SECTION("after one that failed there is no hurry") {
    pace.written(start, start + 1ms, false);
    CHECK_FALSE(pace.due(start + 999ms, CheckpointPace::kMany));
    CHECK(pace.due(start + 1s, 0));
  }
}
