#include "gateway/web/operations/recent_times.h"

#include <catch2/catch.hpp>

namespace gateway::web {
namespace {

using namespace std::chrono_literals;
using bridge::base::Time;

TEST_CASE("times are those since the last look") {
  bridge::base::Histogram histogram{1'000'000, 2'000'000, 10'000'000};
  RecentTimes times;
  const Time now = Time{} + 1h;
  histogram.record(9'000'000);
  CHECK_FALSE(times.look(histogram, now).p50_ms);  // nobody knows since when
  CHECK_FALSE(times.look(histogram, now + 2s).p50_ms);
  for (int i = 0; i < 98; ++i) histogram.record(1'500'000);
  for (int i = 0; i < 2; ++i) histogram.record(5'000'000);
  const WebsiteNumbers seen = times.look(histogram, now + 4s);
  CHECK(*seen.p50_ms == Approx(1.51).margin(0.02));
  CHECK(*seen.p99_ms == Approx(6.0));  // in the middle of its bucket
  CHECK(seen.per_second == Approx(50));
  CHECK(times.look(histogram, now + 6s).per_second == 0);
}

TEST_CASE("what is above the last bound counts as that") {
  bridge::base::Histogram histogram{1'000'000};
  RecentTimes times;
  const Time now = Time{} + 1h;
  (void)times.look(histogram, now);
  histogram.record(60'000'000'000);
  CHECK(times.look(histogram, now + 1s).p50_ms == 1.0);
}

}  // namespace
}  // namespace gateway::web
