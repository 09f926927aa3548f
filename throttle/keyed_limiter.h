// KeyedLimiter: a Limiter per key, bounded.
//
//   KeyedLimiter per_person(100'000);
//   if (!per_person.decide(jid, policy, now).admitted()) ...
//
// Idle keys are dropped, a few per call, which loses nothing: an idle key is the same as a fresh
// one. At `keys_max` live keys a new key is charged to one shared bucket: fail to a shared limit,
// not open, and never by evicting a busy key, which would refill it. Several levels at once:
// gate.h.
//
// Keys are hashed with a secret seed, so they may come from strangers. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "throttle/gcra.h"
#include "throttle/key_hash.h"
#include "throttle/limiter.h"

namespace throttle {

class KeyedLimiter {
 public:
  explicit KeyedLimiter(std::size_t keys_max, const HashSeed& seed = random_seed());

  // As Limiter's. A key that was never charged takes no room.
  Decision check(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);
  void charge(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);
  Decision decide(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);

  // Keys held: the live ones and idle ones not yet dropped. At most keys_max.
  std::size_t size() const { return limiters_.size(); }
  // Charges to the shared bucket so far: when this moves, keys_max is too small or a flood is on.
  std::uint64_t overflow_charges() const { return overflow_charges_; }

 private:
  Limiter* find(std::string_view key);
  bool full(Time now);
  void sweep(Time now, std::size_t buckets);

  const std::size_t keys_max_;
  std::unordered_map<std::string, Limiter, KeyHash, std::equal_to<>> limiters_;
  std::size_t next_bucket_ = 0;  // where the sweep goes on; any value is right after a rehash
  Gcra overflow_;                // shared by whatever policies the overflowing keys have
  std::uint64_t overflow_charges_ = 0;
};

}  // namespace throttle
