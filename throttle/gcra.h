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

#include <cstdint>

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
  Decision check(const Policy& policy, Time now, std::uint64_t cost) const;
  // Charges without asking. A cost beyond what is left becomes debt, up to the end of time.
  void charge(const Policy& policy, Time now, std::uint64_t cost);

  // Indistinguishable from a new one at this time.
  bool idle(Time now) const { return tat_ <= now; }

  // How far the TAT lies ahead of now; 0 when idle.
  Duration debt(Time now) const;
  void set_debt(Time now, Duration debt);

 private:
  Time tat_ = Time::min();
};

}  // namespace throttle
