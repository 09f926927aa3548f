// Gcra: the arithmetic of the generic cell rate algorithm on one timestamp; pure, exact, integers.
//
// The theoretical arrival time (TAT) is when the bucket would be full again. A unit is admitted
// when the TAT it would lead to is at most burst x interval ahead of now. No drift, no refill step.
// Source: ITU-T I.371 (virtual scheduling form).
//
// It knows nothing of who charged it before: charged under several policies in turn, what it bounds
// is the *time* handed out (units x interval), which is the right meaning for a bucket that several
// policies share. Where a policy replaces another, use Limiter.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "throttle/policy.h"
#include "throttle/time.h"

namespace throttle {

struct Decision {
  enum class Kind {
    kAdmit,
    kNotBefore,
    kNever
  };  // mild to strict; kNever: the cost exceeds the burst
  Kind kind = Kind::kAdmit;
  Time not_before{};  // kNotBefore: admitted exactly from here on, if nothing else is charged
  bool admitted() const { return kind == Kind::kAdmit; }
};

class Gcra {
 public:
  Decision check(const Policy& policy, Time now, std::uint64_t cost) const {
    if (policy.is_unlimited() || (cost == 0 && !policy.is_closed())) return {};
    if (policy.is_closed() || cost > policy.burst()) return {Decision::Kind::kNever, {}};
    // cost <= burst, so that this product is at most the span and the difference is not negative.
    const Duration slack = policy.span() - static_cast<std::int64_t>(cost) * policy.interval();
    if (debt(now) <= slack) return {};
    return {Decision::Kind::kNotBefore, tat_ - slack};
  }
  // Charges without asking. A cost beyond what is left becomes debt, up to the end of time.
  void charge(const Policy& policy, Time now, std::uint64_t cost) {
    if (policy.is_unlimited() || policy.is_closed()) return;
    std::int64_t amount = 0;
    if (__builtin_mul_overflow(policy.interval().count(), cost, &amount)) amount = kEnd;
    tat_ = later_by(std::max(tat_, now), Duration(amount));
  }

  // check(), and the TAT that a charge now would lead to: set_tat(after) is that charge, for one
  // that was admitted, without working it out again.
  Decision check(const Policy& policy, Time now, std::uint64_t cost, Time& after) const {
    if (policy.is_unlimited() || cost == 0 || policy.is_closed() || cost > policy.burst())
        [[unlikely]] {
      after = tat_;
      return check(policy, now, cost);
    }
    const Time from = std::max(tat_, now);
    after = later_by(from, static_cast<std::int64_t>(cost) * policy.interval());
    if (after - now <= policy.span()) [[likely]]
      return {};
    return {Decision::Kind::kNotBefore, after - policy.span()};
  }
  void set_tat(Time tat) { tat_ = tat; }

  // Indistinguishable from a new one at this time.
  bool idle(Time now) const { return tat_ <= now; }

  // How far the TAT lies ahead of now; 0 when idle.
  Duration debt(Time now) const {
    if (idle(now)) return Duration(0);
    std::int64_t ahead = 0;
    if (__builtin_sub_overflow(tat_.time_since_epoch().count(), now.time_since_epoch().count(),
                               &ahead)) {
      ahead = kEnd;
    }
    return Duration(ahead);
  }
  void set_debt(Time now, Duration debt) { tat_ = later_by(now, debt); }

 private:
  static constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

  static Time later_by(Time time, Duration by) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(time.time_since_epoch().count(), by.count(), &sum)) sum = kEnd;
    return Time(Duration(sum));
  }

  Time tat_ = Time::min();
};

}  // namespace throttle
