// LatencyWindow: how long the slowest hundredth of what was measured took, window by window; one
// thread measures, any thread reads.
//
//   LatencyWindow web(500ms);   web.record(took);   web.turn(now);   ...
//   web.gauges().p99_ns.value()
//
// Buckets an eighth of a power of two wide, so a value is at most 12 % too high. No allocation.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

#include "bridge/base/counters.h"
#include "bridge/base/time.h"

namespace bridge::base {

// Of the last window that is over.
struct LatencyGauges {
  Gauge window;  // its number, from 1: a reader sees whether there is a new one
  Gauge p99_ns;
  Gauge count;
};

class LatencyWindow {
 public:
  explicit LatencyWindow(std::chrono::nanoseconds length) : length_(length) {}

  // The owning thread only.
  void record(std::chrono::nanoseconds took) {
    ++buckets_[bucket_of(static_cast<std::uint64_t>(took.count() < 0 ? 0 : took.count()))];
    ++count_;
  }
  // Ends the window when its time is over.
  void turn(Time now) {
    if (now < ends_) return;
    ends_ = now + length_;
    gauges_.p99_ns.set(percentile());
    gauges_.count.set(count_);
    gauges_.window.set(++windows_);
    buckets_.fill(0);
    count_ = 0;
  }

  const LatencyGauges& gauges() const { return gauges_; }

 private:
  static constexpr unsigned kFine = 3;  // 2^3 buckets for each power of two

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < (1u << kFine)) return static_cast<std::size_t>(value);
    const unsigned power = static_cast<unsigned>(std::bit_width(value)) - 1;
    return ((power - kFine + 1) << kFine) + ((value >> (power - kFine)) & ((1u << kFine) - 1));
  }
  // The greatest value of the bucket.
  static std::uint64_t top_of(std::size_t bucket) {
    if (bucket < (1u << kFine)) return bucket;
    const unsigned power = static_cast<unsigned>(bucket >> kFine) + kFine - 1;
    const std::uint64_t step = std::uint64_t{1} << (power - kFine);
    return (std::uint64_t{1} << power) + ((bucket & ((1u << kFine) - 1)) + 1) * step - 1;
  }
  std::uint64_t percentile() const {
    std::uint64_t above = count_ / 100;  // so many may take longer
    for (std::size_t bucket = buckets_.size(); bucket-- > 0;) {
      if (buckets_[bucket] > above) return top_of(bucket);
      above -= buckets_[bucket];
    }
    return 0;
  }

  const std::chrono::nanoseconds length_;
  std::array<std::uint32_t, (64 - kFine + 1) << kFine> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t windows_ = 0;
  Time ends_{};
  LatencyGauges gauges_;
};

}  // namespace bridge::base
