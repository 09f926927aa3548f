// Limiter: one bucket under a policy that may change while it lives.
//
//   if (const auto d = limiter.decide(policy, now); !d.admitted()) wait_until(d.not_before);
//
// The policy is an argument: the bucket keeps what was charged (gcra.h) and only remembers which
// pace and burst that was measured in. The first call with another policy restates it: what is left
// in the bucket stays, cut to the new burst. So a new pace counts from the next decision, lowering
// a burst leaves nobody with years of debt, and raising one fills nothing: around a change nobody
// gets more than the larger of the two bursts. The timestamp alone would not do: ten units charged
// at 10/s are one second of debt, which at 1/s reads as one unit, and nine pass twice.
//
// Time that goes backwards changes nothing. An idle key can be forgotten losslessly: it is the same
// as a fresh one. One thread at a time; never sleeps, never allocates.
#pragma once

#include <cstdint>

#include "throttle/gcra.h"
#include "throttle/policy.h"
#include "throttle/time.h"

namespace throttle {

class Limiter {
 public:
  // One that owes so much under this policy already.
  static Limiter in_debt(const Policy& policy, Time now, Duration debt) {
    Limiter limiter;
    limiter.restate(policy, now);
    limiter.bucket_.set_debt(now, debt);
    return limiter;
  }

  // Would it pass? Charges nothing (not const because it may restate, see above).
  Decision check(const Policy& policy, Time now, std::uint64_t cost = 1) {
    restate(policy, now);
    return bucket_.check(policy, now, cost);
  }
  // Charges without asking: a cost beyond what is left becomes debt.
  void charge(const Policy& policy, Time now, std::uint64_t cost = 1) {
    restate(policy, now);
    bucket_.charge(policy, now, cost);
  }
  // check() and charge() in two halves: settle(after) charges what was admitted.
  Decision check(const Policy& policy, Time now, std::uint64_t cost, Time& after) {
    restate(policy, now);
    return bucket_.check(policy, now, cost, after);
  }
  void settle(Time after) { bucket_.set_tat(after); }
  // check, then charge if admitted.
  Decision decide(const Policy& policy, Time now, std::uint64_t cost = 1);
  // Indistinguishable from a new one at this time.
  bool idle(Time now) const { return bucket_.idle(now); }

 private:
  void restate(const Policy& policy, Time now) {
    // While nothing is limited, or nothing passes, the old measure goes on draining.
    if (policy.is_unlimited() || policy.is_closed()) return;
    if (policy.interval() == interval_ && policy.span() == span_) return;
    measure_in(policy, now);
  }
  void measure_in(const Policy& policy, Time now);

  Gcra bucket_;
  Duration interval_{0};  // of the policy that bucket_ is measured in
  Duration span_{0};
};

}  // namespace throttle
