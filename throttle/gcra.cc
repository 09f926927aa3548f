#include "throttle/gcra.h"

#include <algorithm>
#include <limits>

namespace throttle {
namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

Time later_by(Time time, Duration by) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(time.time_since_epoch().count(), by.count(), &sum)) sum = kEnd;
  return Time(Duration(sum));
}

}  // namespace

Decision Gcra::check(const Policy& policy, Time now, std::uint64_t cost) const {
  if (policy.is_unlimited() || (cost == 0 && !policy.is_closed())) return {};
  if (policy.is_closed() || cost > policy.burst()) return {Decision::Kind::kNever, {}};
  // cost <= burst, so that this product is at most the span and the difference is not negative.
  const Duration slack = policy.span() - static_cast<std::int64_t>(cost) * policy.interval();
  if (debt(now) <= slack) return {};
  return {Decision::Kind::kNotBefore, tat_ - slack};
}

void Gcra::charge(const Policy& policy, Time now, std::uint64_t cost) {
  if (policy.is_unlimited() || policy.is_closed()) return;
  std::int64_t amount = 0;
  if (__builtin_mul_overflow(policy.interval().count(), cost, &amount)) amount = kEnd;
  tat_ = later_by(std::max(tat_, now), Duration(amount));
}

Duration Gcra::debt(Time now) const {
  if (idle(now)) return Duration(0);
  std::int64_t ahead = 0;
  if (__builtin_sub_overflow(tat_.time_since_epoch().count(), now.time_since_epoch().count(),
                             &ahead)) {
    ahead = kEnd;
  }
  return Duration(ahead);
}

void Gcra::set_debt(Time now, Duration debt) {
  tat_ = later_by(now, debt);
}

}  // namespace throttle
