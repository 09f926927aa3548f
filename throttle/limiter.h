// Limiter: integer GCRA, one timestamp per key.
//
// The theoretical arrival time (TAT) is when the bucket would be full again. A unit is admitted when
// the TAT it would lead to is at most burst x interval ahead of now. Exact, no drift, no refill step,
// and a key whose TAT has passed is the same as a fresh one, so idle keys can be forgotten losslessly.
// Source: ITU-T I.371 (virtual scheduling form of the generic cell rate algorithm).
#pragma once

#include <cstdint>

#include "throttle/policy.h"
#include "throttle/time.h"

namespace throttle {

struct Decision {
  enum class Kind { kAdmit, kNotBefore, kNever };  // kNever: the cost exceeds the burst
  Kind kind = Kind::kAdmit;
  Time not_before{};  // kNotBefore: admitted exactly from here on, if nothing else is charged
  bool admitted() const { return kind == Kind::kAdmit; }
};

class Limiter {
 public:
  // Would it pass? Changes nothing.
  Decision check(const Policy& policy, Time now, std::uint64_t cost = 1) const;
  // Charges without asking; only after check() said kAdmit.
  void charge(const Policy& policy, Time now, std::uint64_t cost = 1);
  // check, then charge if admitted.
  Decision decide(const Policy& policy, Time now, std::uint64_t cost = 1);
  // Indistinguishable from a new one at this time.
  bool idle(Time now) const { return tat_ <= now; }

 private:
  Time tat_{};
};

}  // namespace throttle
