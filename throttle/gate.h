// pass(): one decision over several levels: check them all, then charge them all.
//
//   const Level levels[] = {{"person", per_person, jid, limits.person},
//                           {"domain", per_domain, domain, limits.domain},
//                           {"lane", lane, limits.lane}};
//   const GateDecision gate = pass(levels, now);
//
// A refusal charges nobody, so a person over their own limit uses up nothing of their domain's. The
// not_before of a refusal is the latest of all levels: exactly then all of them admit, if nothing
// else is charged. Each limiter (and each key of a keyed one) stands in `levels` once; the levels'
// strings and limiters only need to live during the call.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"
#include "throttle/policy.h"

namespace throttle {

class Level {
 public:
  Level(std::string_view name, KeyedLimiter& keyed, std::string_view key, const Policy& policy,
        std::uint64_t cost = 1)
      : name_(name), keyed_(&keyed), key_(key), policy_(policy), cost_(cost) {}
  Level(std::string_view name, Limiter& single, const Policy& policy, std::uint64_t cost = 1)
      : name_(name), single_(&single), policy_(policy), cost_(cost) {}

  std::string_view name() const { return name_; }
  Decision check(Time now) const;
  void charge(Time now) const;

 private:
  std::string_view name_;
  KeyedLimiter* keyed_ = nullptr;
  Limiter* single_ = nullptr;
  std::string_view key_;
  Policy policy_;
  std::uint64_t cost_;
};

struct GateDecision {
  Decision decision;
  std::string_view bound;  // the name of the level that binds; empty when admitted

  bool admitted() const { return decision.admitted(); }
};

// What every level says together: "never" binds before any time, then the latest time, then the
// earlier level.
GateDecision check(std::span<const Level> levels, Time now);

// check, then charge every level if all admit.
GateDecision pass(std::span<const Level> levels, Time now);

}  // namespace throttle
