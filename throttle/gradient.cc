#include "throttle/gradient.h"

#include <algorithm>
#include <cmath>

#include "throttle/require.h"

namespace throttle {

Gradient::Gradient(GradientOptions options)
    : options_(options), limit_(options.start > 0 ? options.start : options.floor) {
  require(options.floor >= 1 && options.floor <= options.ceiling, "1 <= floor <= ceiling");
  require(options.tolerance >= 1, "no round trip is shorter than the shortest");
  shortest_.fill(Duration::max());
}

void Gradient::reset() {
  *this = Gradient(options_);
}

void Gradient::set(double limit) {
  limit_ = std::clamp(limit, options_.floor, options_.ceiling);
}

void Gradient::answered(Duration round_trip, std::uint64_t in_flight) {
  round_trip = std::max(round_trip, Duration(1));
  remember(round_trip);
  if (dip_left_ > 0) {
    if (--dip_left_ == 0) set(before_dip_);
    return;
  }
  const Duration quiet = std::max(shortest(), options_.noise);
  const double ratio = options_.tolerance * static_cast<double>(quiet.count()) /
                       static_cast<double>(round_trip.count());
  gradient_ = std::clamp(ratio, 0.5, 1.0);
  if (gradient_ < 1.0) {
    slow_start_ = false;
    const double wanted = limit_ * gradient_ + std::sqrt(limit_);
    return set(std::min(limit_, limit_ + options_.smoothing * (wanted - limit_)));
  }
  // Half of it lies idle: more would say nothing about the other side.
  if (static_cast<double>(in_flight) * 2 < limit_) return;
  if (slow_start_) return set(limit_ + static_cast<double>(in_flight));
  set(limit_ + options_.smoothing * std::sqrt(limit_));
}

void Gradient::dropped() {
  slow_start_ = false;
  gradient_ = 0.5;
  dip_left_ = 0;
  set(limit_ / 2);
}

Duration Gradient::shortest() const {
  return *std::ranges::min_element(shortest_);
}

void Gradient::remember(Duration round_trip) {
  if (in_part_ == kPerPart) {
    part_ = (part_ + 1) % kParts;
    shortest_[part_] = Duration::max();
    in_part_ = 0;
    if (part_ == 0 && dip_left_ == 0) {
      before_dip_ = limit_;
      dip_left_ = kDip;
      set(limit_ / 2);
    }
  }
  ++in_part_;
  shortest_[part_] = std::min(shortest_[part_], round_trip);
}

}  // namespace throttle
