#include "throttle/limiter.h"

#include <algorithm>

namespace throttle {

Decision Limiter::decide(const Policy& policy, Time now, std::uint64_t cost) {
  const Decision decision = check(policy, now, cost);
  if (decision.admitted()) bucket_.charge(policy, now, cost);
  return decision;
}

void Limiter::measure_in(const Policy& policy, Time now) {
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
