#include "gateway/web/operations/samples.h"

#include <catch2/catch.hpp>

namespace gateway::web {
namespace {

using namespace std::chrono_literals;
using bridge::base::Time;

TEST_CASE("samples come back as they were, with the time before which they are known") {
  Samples samples;
  samples.add(1000, {{"posts", 1.5}, {"queued", 3}});
  samples.add(3000, {{"posts", std::nullopt}, {"queued", 0}});
  CHECK(samples.json(0) ==
        R"({"names":["posts","queued"],"complete":true,"rows":[[1000,1.5,3],[3000,null,0]]})");
  CHECK(samples.json(1000) ==
        R"({"names":["posts","queued"],"complete":false,"rows":[[3000,null,0]]})");
  CHECK(samples.json(3000) == R"({"names":["posts","queued"],"complete":false,"rows":[]})");
}

TEST_CASE("a column that comes later is not known before") {
  Samples samples;
  samples.add(1000, {{"posts", 1}});
  samples.add(3000, {{"queued", 2}, {"posts", 4}});
  CHECK(samples.json(0) ==
        R"({"names":["posts","queued"],"complete":true,"rows":[[1000,1,null],[3000,4,2]]})");
}

TEST_CASE("the oldest row gives way, and columns end at their bound") {
  Samples samples(3);
  for (int i = 1; i <= 5; ++i) samples.add(i, {{"a", i}});
  CHECK(samples.size() == 3);
  CHECK(samples.json(0) == R"({"names":["a"],"complete":true,"rows":[[3,3],[4,4],[5,5]]})");
  Samples::Row wide;
  for (std::size_t i = 0; i < 2 * Samples::kColumnsMax; ++i)
    wide.emplace_back(std::to_string(i), 1);
  samples.add(6, wide);
  const std::string json = samples.json(5);
  CHECK(std::count(json.begin(), json.end(), '"') ==
        static_cast<std::ptrdiff_t>(2 * Samples::kColumnsMax + 6));
}

TEST_CASE("a clock that goes backwards leaves rows out, not the order") {
  Samples samples;
  samples.add(2000, {{"a", 1}});
  samples.add(1000, {{"a", 2}});
  samples.add(2000, {{"a", 3}});
  CHECK(samples.size() == 1);
}

TEST_CASE("rates are per second, and unknown at a beginning") {
  Rates rates;
  const Time now = Time{} + 1h;
  CHECK_FALSE(rates.of("posts", 100, now));
  CHECK(rates.of("posts", 110, now + 2s) == 5.0);
  CHECK_FALSE(rates.of("posts", 3, now + 4s));  // the bridge has started again
  CHECK(rates.of("posts", 3, now + 6s) == 0.0);
  CHECK_FALSE(rates.of("posts", 4, now + 6s));
}

}  // namespace
}  // namespace gateway::web
