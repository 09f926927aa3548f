// Gradient: how much may be on the way to somebody, found from how long they take.
// After the gradient limits of adaptive concurrency control (Netflix, Envoy), with their known
// defects met: a timeout is a drop and halves the limit, it does not count as a very long answer; a
// limit nobody uses does not grow; the way up from the floor is by doubling.
//
//   Gradient limit({.floor = 16 << 10, .ceiling = 1 << 20});
//   while (in_flight < limit.now()) send();
//   limit.answered(round_trip, in_flight_when_sent);      on a timeout: limit.dropped();
//
// The unit is the caller's: bytes, requests. The shortest round trip of the last few hundred is
// what the other side takes when it is not busy; how much longer they take now is the queue over
// there. As long as round trips stay within `tolerance` of it the limit grows: doubling once per
// limit's worth of answers until the first that is too long, then by the square root of itself.
// Beyond, it shrinks by the ratio, never by more than half at once. A queue that always stands
// would become the shortest round trip there is, so every few hundred answers the limit is halved
// for a moment, to see what the other side takes without it. One thread, no clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "throttle/time.h"

namespace throttle {

struct GradientOptions {
  double floor = 1;
  double start = 0;  // where it begins; 0: at the floor
  double ceiling = 1e9;
  double tolerance = 2.0;  // times the shortest round trip that are no queue yet
  Duration noise = std::chrono::milliseconds(2);  // round trips below this are never one
  double smoothing = 0.2;                         // of each step's share in the limit
};

class Gradient {
 public:
  explicit Gradient(GradientOptions options = {});

  std::uint64_t now() const { return static_cast<std::uint64_t>(limit_); }
  void answered(Duration round_trip, std::uint64_t in_flight);
  // Lost, or not answered in time.
  void dropped();
  // Another peer, or the same anew: everything is learned again, from the floor.
  void reset();

  Duration shortest() const;
  double gradient() const { return gradient_; }  // of the last answer: 1 is no queue
  bool slow_start() const { return slow_start_; }

 private:
  // The shortest round trip is remembered in parts, so that it can become longer again.
  static constexpr std::size_t kParts = 8;
  static constexpr std::uint32_t kPerPart = 64;
  static constexpr std::uint32_t kDip = 32;  // answers

  void remember(Duration round_trip);
  void set(double limit);

  GradientOptions options_;
  double limit_;
  double gradient_ = 1;
  bool slow_start_ = true;
  std::array<Duration, kParts> shortest_;
  std::size_t part_ = 0;
  std::uint32_t in_part_ = 0;
  std::uint32_t dip_left_ = 0;  // answers until the limit is again what it was
  double before_dip_ = 0;
};

}  // namespace throttle
