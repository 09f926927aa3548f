// KeyedLimiter: a Limiter per key, bounded.
//
// At `keys_max` live keys, a new key is charged to one shared limiter (fail to a shared limit, not
// open, and never by evicting a busy key, which would refill it). Idle keys are dropped, a few per
// call. Check-all-then-charge-all over several limiters: check() on each, then charge() on each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "throttle/limiter.h"

namespace throttle {

class KeyedLimiter {
 public:
  explicit KeyedLimiter(std::size_t keys_max);

  Decision check(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);
  void charge(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);
  Decision decide(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);

  std::size_t size() const;
};

}  // namespace throttle
