#include "bridge/base/metrics.h"

#include <catch2/catch.hpp>

#include "bridge/base/exporter.h"
#include "bridge/base/loop_meter.h"

namespace bridge::base {
namespace {

using namespace std::chrono_literals;

TEST_CASE("numbers become Prometheus' text, one family for all labels of a name") {
  Metrics metrics;
  metrics.counter("things_total", "Things done.", 12, {{"lane", "web"}});
  metrics.counter("things_total", "Things done.", 3, {{"lane", "im"}});
  metrics.gauge("age_seconds", "Of the oldest.", 1500ms);
  CHECK(prometheus_text(metrics) ==
        "# HELP things_total Things done.\n"
        "# TYPE things_total counter\n"
        "things_total{lane=\"web\"} 12\n"
        "things_total{lane=\"im\"} 3\n"
        "# HELP age_seconds Of the oldest.\n"
        "# TYPE age_seconds gauge\n"
        "age_seconds 1.5\n");
}

TEST_CASE("a histogram of nanoseconds is shown in seconds, its buckets cumulative") {
  Histogram turns{1'000'000, 2'000'000'000};
  turns.record(1'000'000);  // a bound belongs to its bucket
  turns.record(1'500'000'000);
  turns.record(4'000'000'000);  // above all bounds
  Metrics metrics;
  metrics.seconds("turn_seconds", "Turns.", turns);
  const std::string text = prometheus_text(metrics);
  CHECK_THAT(text, Catch::Contains("turn_seconds_count 3\n"));
  CHECK_THAT(text, Catch::Contains("turn_seconds_sum 5.501\n"));
  CHECK_THAT(text, Catch::Contains("turn_seconds_bucket{le=\"0.001\"} 1\n"));
  CHECK_THAT(text, Catch::Contains("turn_seconds_bucket{le=\"2\"} 2\n"));
  CHECK_THAT(text, Catch::Contains("turn_seconds_bucket{le=\"+Inf\"} 3\n"));
}

TEST_CASE("bounds that do not go up are refused") {
  CHECK_THROWS_AS(Histogram({2, 2}), std::logic_error);
}

TEST_CASE("the longest turn is remembered for a minute or two, then forgotten") {
  LoopMeter meter;
  Time now = Time{} + 1h;
  const auto turn = [&](Time::duration length) {
    meter.begin(now);
    now += length;
    meter.end(now);
  };
  turn(70ms);
  turn(5ms);
  CHECK(meter.longest() == 70ms);
  now += LoopMeter::kWindow;
  turn(3ms);
  CHECK(meter.longest() == 70ms);
  now += LoopMeter::kWindow;
  turn(2ms);
  CHECK(meter.longest() == 3ms);
  now += 10 * LoopMeter::kWindow;
  turn(1ms);
  CHECK(meter.longest() == 1ms);
}

TEST_CASE("a turn that does not end shows how long it has lasted") {
  LoopMeter meter;
  const Time start = Time{} + 1h;
  CHECK(meter.busy_for(start) == 0s);
  meter.begin(start);
  CHECK(meter.busy_for(start + 12s) == 12s);
  meter.end(start + 13s);
  CHECK(meter.busy_for(start + 20s) == 0s);
}

}  // namespace
}  // namespace bridge::base
