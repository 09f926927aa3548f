// Pressure: from how slow the important work has become to how much the rest may take.
//
//   Pressure pressure({.target = 5ms});
//   pressure.observe(p99_of_the_last_second, requests, now);
//   set_weights(shrunk(weights, pressure.level()));
//
// A level from 0 (no pressure) to kLevels (as little as is kept). It goes up a step when the
// measure was above the target, at most one in `rise`; it comes down a step when the measure was
// below `relief` times the target for all of `dwell`. Between the two nothing changes, so it does
// not swing. A measure of too few requests says nothing and counts as quiet. One thread, no clock.
#pragma once

#include <cstdint>

#include "throttle/time.h"

namespace throttle {

struct PressureOptions {
  Duration target = std::chrono::milliseconds(10);
  double relief = 0.7;  // below this share of the target it is quiet
  Duration rise = std::chrono::milliseconds(250);
  Duration dwell = std::chrono::seconds(5);
  std::uint64_t requests_min = 20;
};

class Pressure {
 public:
  static constexpr unsigned kLevels = 4;

  explicit Pressure(PressureOptions options = {}) : options_(options) {}

  // How long the slowest hundredth of so many requests took since the last call.
  void observe(Duration p99, std::uint64_t requests, Time now) {
    const bool known = requests >= options_.requests_min;
    const auto quiet = Duration(
        static_cast<std::int64_t>(static_cast<double>(options_.target.count()) * options_.relief));
    if (known && p99 > options_.target) {
      quiet_since_ = now;
      if (level_ < kLevels && now >= next_rise_) {
        ++level_;
        next_rise_ = now + options_.rise;
      }
    } else if (known && p99 > quiet) {
      quiet_since_ = now;
    } else if (level_ > 0 && now - quiet_since_ >= options_.dwell) {
      --level_;
      quiet_since_ = now;
    }
  }

  unsigned level() const { return level_; }
  void set_options(PressureOptions options) { options_ = options; }

 private:
  PressureOptions options_;
  unsigned level_ = 0;
  Time next_rise_ = Time::min();
  Time quiet_since_ = Time::min();
};

}  // namespace throttle
