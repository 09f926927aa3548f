#include "throttle/keyed_limiter.h"

namespace throttle {
namespace {

// Hash buckets looked at per charge, and per call that finds the table full. A table has about as
// many buckets as keys, so a full round takes at most as many charges as it holds keys.
constexpr std::size_t kSweepPerCharge = 2;
constexpr std::size_t kSweepWhenFull = 8;

}  // namespace

KeyedLimiter::KeyedLimiter(std::size_t keys_max, const HashSeed& seed)
    : keys_max_(keys_max), limiters_(0, KeyHash{seed}) {}

Decision KeyedLimiter::check(std::string_view key, const Policy& policy, Time now,
                             std::uint64_t cost) {
  if (Limiter* const limiter = find(key)) return limiter->check(policy, now, cost);
  if (full(now)) return overflow_.check(policy, now, cost);
  return Limiter().check(policy, now, cost);
}

void KeyedLimiter::charge(std::string_view key, const Policy& policy, Time now,
                          std::uint64_t cost) {
  if (policy.is_unlimited() || cost == 0) return;
  sweep(now, kSweepPerCharge);
  if (Limiter* const limiter = find(key)) return limiter->charge(policy, now, cost);
  if (full(now)) {
    ++overflow_charges_;
    return overflow_.charge(policy, now, cost);
  }
  limiters_.emplace(key, Limiter()).first->second.charge(policy, now, cost);
}

Decision KeyedLimiter::decide(std::string_view key, const Policy& policy, Time now,
                              std::uint64_t cost) {
  const Decision decision = check(key, policy, now, cost);
  if (decision.admitted()) charge(key, policy, now, cost);
  return decision;
}

Limiter* KeyedLimiter::find(std::string_view key) {
  const auto found = limiters_.find(key);
  return found == limiters_.end() ? nullptr : &found->second;
}

bool KeyedLimiter::full(Time now) {
  if (limiters_.size() < keys_max_) return false;
  sweep(now, kSweepWhenFull);
  return limiters_.size() >= keys_max_;
}

void KeyedLimiter::sweep(Time now, std::size_t buckets) {
  for (; buckets > 0 && !limiters_.empty(); --buckets) {
    next_bucket_ = (next_bucket_ + 1) % limiters_.bucket_count();
    for (auto it = limiters_.begin(next_bucket_); it != limiters_.end(next_bucket_);) {
      const auto here = it++;
      if (here->second.idle(now)) limiters_.erase(limiters_.find(here->first));
    }
  }
}

}  // namespace throttle
