// Sparingly: once per key and interval, for log lines that strangers or a broken peer can cause.
//
//   log::Sparingly malformed(std::chrono::minutes(1));
//   if (malformed.due(domain, now)) log::warning("malformed stanzas from {}", domain);
//
// Bounded: with too many keys at once the new ones share one turn. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "throttle/keyed_limiter.h"
#include "throttle/policy.h"
#include "throttle/time.h"

namespace bridge::base::log {

class Sparingly {
 public:
  // interval: 1ns to throttle::Policy::kSpanMax.
  explicit Sparingly(throttle::Duration interval, std::size_t keys_max = 256)
      : policy_(throttle::Policy::make(1, interval, 1).value()), seen_(keys_max) {}

  bool due(std::string_view key, throttle::Time now) {
    const bool is_due = seen_.decide(key, policy_, now).admitted();
    if (!is_due) ++suppressed_;
    return is_due;
  }

  // How often due() said no so far.
  std::uint64_t suppressed() const { return suppressed_; }

 private:
  throttle::Policy policy_;
  throttle::KeyedLimiter seen_;
  std::uint64_t suppressed_ = 0;
};

}  // namespace bridge::base::log
