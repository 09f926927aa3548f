#include "throttle/keyed_limiter.h"

namespace throttle {

Decision KeyedLimiter::check(std::string_view key, const Policy& policy, Time now,
                             std::uint64_t cost) {
  Place place;
  find(id(key), policy, nullptr, now, place);
  return check(place, now, cost);
}

void KeyedLimiter::charge(std::string_view key, const Policy& policy, Time now,
                          std::uint64_t cost) {
  Place place;
  find(id(key), policy, nullptr, now, place);
  charge(place, now, cost);
}

Decision KeyedLimiter::decide(std::string_view key, const Policy& policy, Time now,
                              std::uint64_t cost) {
  Place place;
  find(id(key), policy, nullptr, now, place);
  const Decision decision = check(place, now, cost);
  if (decision.admitted()) charge(place, now, cost);
  return decision;
}

// A key keeps its own bucket until that is idle: one that loses its exception is refilled by
// nothing.
void KeyedLimiter::find_own(KeyId key, const Policy& everybody, const Policy* special, Time now,
                            Place& place) {
  now = clamp(now);
  auto found = own_.find(key);
  if (special == nullptr && found != own_.end() && found->second.idle(now)) {
    own_.erase(found);
    found = own_.end();
  }
  if (special == nullptr && found == own_.end()) return find_packed(key, everybody, now, place);
  if (found == own_.end() && !free_of_charge(everybody)) {
    // What it was charged under the policy of everybody goes with it.
    find_packed(key, everybody, now, place);
    if (place.packed.line != nullptr && !place.packed.fresh) {
      const Duration debt = table_.debt(place.packed, now);
      table_.clear(place.packed);
      if (debt.count() > 0) found = own_.emplace(key, Limiter::in_debt(everybody, now, debt)).first;
    }
  }
  place.key = key;
  place.policy = special ? special : &everybody;
  place.exception = true;
  place.own = found != own_.end() ? &found->second : nullptr;
}

}  // namespace throttle
