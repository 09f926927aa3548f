// Policy: how fast, and how much at once. A value; limits never live inside a bucket, so changing a
// policy takes effect at the next decision and refills nothing (law 9).
//
//   const auto policy = Policy::parse("20/10s burst 40");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "throttle/time.h"

namespace throttle {

// `count` per `per` on average, at most `burst` at once. count 0: nothing passes.
// Text form, used in configuration and in answers to people:
//   "20/10s burst 40"   "5/s" (burst: as much as the count)   "unlimited"   "0/s"
// One made without a maker is unlimited.
class Policy {
 public:
  // The longest a full bucket may take to fill, and the longest `per`: a hundred years. It keeps
  // all sums of a limiter far away from the end of 64 bits.
  static constexpr Duration kSpanMax = std::chrono::hours(24 * 36525);

  static Policy unlimited() { return {}; }

  // nullopt when it cannot be represented: per not in 1ns..kSpanMax, more than one unit per
  // nanosecond, a burst of 0 (unless count is 0), or a bucket that takes longer than kSpanMax to
  // fill. An interval that is no whole number of nanoseconds is rounded up: never more than asked
  // for.
  static std::optional<Policy> make(std::uint64_t count, Duration per, std::uint64_t burst);
  static std::optional<Policy> parse(std::string_view text);
  std::string text() const;

  bool is_unlimited() const { return interval_.count() == 0; }
  bool is_closed() const { return !is_unlimited() && burst_ == 0; }  // nothing passes

  Duration interval() const { return interval_; }  // one unit every so often
  std::uint64_t burst() const { return burst_; }
  Duration span() const { return span_; }  // burst x interval: from empty to full

  bool operator==(const Policy&) const = default;

 private:
  Duration interval_{0};
  Duration span_{0};
  std::uint64_t burst_ = 0;
  std::uint64_t count_ = 0;
  Duration per_{0};
};

}  // namespace throttle
