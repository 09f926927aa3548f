#include "throttle/limiter.h"

#include <algorithm>

namespace throttle {

Decision Limiter::check(const Policy& policy, Time now, std::uint64_t cost) {
  restate(policy, now);
  return bucket_.check(policy, now, cost);
}

void Limiter::charge(const Policy& policy, Time now, std::uint64_t cost) {
  restate(policy, now);
  bucket_.charge(policy, now, cost);
}

Decision Limiter::decide(const Policy& policy, Time now, std::uint64_t cost) {
  const Decision decision = check(policy, now, cost);
  if (decision.admitted()) bucket_.charge(policy, now, cost);
  return decision;
}

void Limiter::restate(const Policy& policy, Time now) {
  // While nothing is limited, or nothing passes, the old measure goes on draining.
  if (policy.is_unlimited() || policy.is_closed()) return;
  if (policy.interval() == interval_ && policy.span() == span_) return;
  if (!bucket_.idle(now)) {
    const Duration left = std::max(Duration(0), span_ - bucket_.debt(now));
    // left x new interval / old interval: up to 2^62 x 2^62, so 128 bits; rounded down.
    __extension__ using Wide = __int128;
    const Wide scaled = Wide{left.count()} * policy.interval().count() / interval_.count();
    const auto kept = static_cast<std::int64_t>(std::min(scaled, Wide{policy.span().count()}));
    bucket_.set_debt(now, policy.span() - Duration(kept));
  }
  interval_ = policy.interval();
  span_ = policy.span();
}

}  // namespace throttle
