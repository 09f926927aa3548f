// KeyedLimiter: a bucket per key, bounded.
//
//   KeyedLimiter per_person(100'000, seed);
//   if (!per_person.decide(jid, policy, now).admitted()) ...
//
// Idle keys take no room, which loses nothing: an idle key is the same as a fresh one. At about
// `keys_max` busy keys a new key is charged to one shared bucket: fail to a shared limit, not open,
// and never by evicting a busy key, which would refill it. The policy of all keys is an argument
// and may change from one call to the next at no cost (packed_table.h); keys with a policy of their
// own (rule.h) have buckets of their own beside the table, as many as there are such keys. Several
// levels at once: gate.h.
//
// Keys are hashed with a secret seed, so they may come from strangers. Time that goes backwards
// stands still. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "throttle/gcra.h"
#include "throttle/key_hash.h"
#include "throttle/limiter.h"
#include "throttle/packed_table.h"
#include "throttle/rule.h"

namespace throttle {

class KeyedLimiter {
 public:
  explicit KeyedLimiter(std::size_t keys_max, const HashSeed& seed = random_seed())
      : seed_(seed), table_(keys_max) {}

  KeyId id(std::string_view key) const { return sip_hash<1, 3>(seed_, key); }

  // As Limiter's. A key that was never charged takes no room.
  Decision check(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);
  void charge(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);
  Decision decide(std::string_view key, const Policy& policy, Time now, std::uint64_t cost = 1);

  // For batches: brings a key's bucket near, a few keys before it is asked for.
  void prefetch(KeyId key) const { table_.prefetch(key); }

  // The two halves of a decision. A place holds until the next find().
  struct Place {
    KeyId key = 0;
    const Policy* policy = nullptr;  // what holds for this key; must outlive the place
    Limiter* own = nullptr;          // its own bucket
    bool exception = false;          // it has, or gets, one
    bool settles = false;            // begin() has worked out the charge
    PackedTable::Place packed = {};
  };
  // `special`: the key's own policy; nullptr: the one of everybody.
  void find(KeyId key, const Policy& everybody, const Policy* special, Time now, Place& place) {
    if (special == nullptr && own_.empty()) [[likely]]
      return find_packed(key, everybody, now, place);
    find_own(key, everybody, special, now, place);
  }
  Decision check(const Place& place, Time now, std::uint64_t cost);
  void charge(Place& place, Time now, std::uint64_t cost);
  // check() and charge() in two halves, at the same moment: settle() charges what was admitted.
  Decision begin(Place& place, Time now, std::uint64_t cost) {
    place.settles = !place.exception && place.packed.line != nullptr && cost != 0;
    if (!place.settles) [[unlikely]]
      return check(place, now, cost);
    return table_.check(place.packed, place.key, latest_, cost);
  }
  void settle(Place& place, Time now, std::uint64_t cost) {
    if (place.settles) [[likely]]
      return table_.settle(place.packed);
    charge(place, now, cost);
  }

  // Busy keys: exact in small tables, an estimate in large ones.
  std::size_t busy(Time now) { return table_.busy(clamp(now)) + own_.size(); }
  std::size_t bytes() const { return table_.bytes(); }
  // Charges to the shared bucket so far: when this moves, keys_max is too small or a flood is on.
  std::uint64_t overflow_charges() const { return overflow_charges_; }

 private:
  static bool free_of_charge(const Policy& policy) {
    return policy.is_unlimited() || policy.is_closed();
  }
  Time clamp(Time now) { return latest_ = std::max(latest_, now); }
  void find_packed(KeyId key, const Policy& everybody, Time now, Place& place) {
    place.key = key;
    place.policy = &everybody;
    place.exception = false;
    if (free_of_charge(everybody)) {
      place.packed.line = nullptr;
      return;
    }
    now = clamp(now);
    if (!table_.measures(everybody)) [[unlikely]]
      table_.set_policy(everybody, now);
    table_.find(key, now, place.packed);
  }
  void find_own(KeyId key, const Policy& everybody, const Policy* special, Time now, Place& place);

  const HashSeed seed_;
  PackedTable table_;
  std::unordered_map<KeyId, Limiter>
      own_;  // of keys with a policy of their own, now or just before
  Limiter overflow_;
  std::uint64_t overflow_charges_ = 0;
  Time latest_ = Time::min();
};

inline Decision KeyedLimiter::check(const Place& place, Time now, std::uint64_t cost) {
  const Policy& policy = *place.policy;
  if (policy.is_unlimited()) return {};
  if (policy.is_closed()) return {Decision::Kind::kNever, {}};
  if (cost == 0) return {};
  now = clamp(now);
  if (place.exception) [[unlikely]]
    return place.own != nullptr ? place.own->check(policy, now, cost)
                                : Limiter().check(policy, now, cost);
  if (place.packed.line == nullptr) [[unlikely]]
    return overflow_.check(policy, now, cost);
  return table_.check(place.packed, now, cost);
}

inline void KeyedLimiter::charge(Place& place, Time now, std::uint64_t cost) {
  const Policy& policy = *place.policy;
  if (free_of_charge(policy) || cost == 0) return;
  now = clamp(now);
  if (place.exception) [[unlikely]] {
    if (place.own == nullptr) place.own = &own_[place.key];
    return place.own->charge(policy, now, cost);
  }
  if (place.packed.line == nullptr) [[unlikely]] {
    ++overflow_charges_;
    return overflow_.charge(policy, now, cost);
  }
  table_.charge(place.packed, place.key, now, cost);
}

}  // namespace throttle
