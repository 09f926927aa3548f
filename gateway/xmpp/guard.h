// Guard: how much one person, and one domain, may ask of the gateway.
//
// A command passes only if the bare address and its domain both allow it; a refusal charges
// neither. Other stanzas that are answered (queries, subscriptions) have a limit of their own, so
// that a client looking around at login takes nothing from its person's commands.
#pragma once

#include <optional>

#include "bridge/base/time.h"
#include "gateway/xmpp/jid.h"
#include "gateway/xmpp/refusal.h"
#include "gateway/xmpp/settings.h"
#include "throttle/gate.h"
#include "throttle/keyed_limiter.h"

namespace gateway::xmpp {

class Guard {
 public:
  explicit Guard(const LimitSettings& limits)
      : people_(limits.keys), domains_(limits.keys), queries_(limits.keys) {
    set_limits(limits);
  }

  // Nothing: it may be done.
  std::optional<Refusal> refuse_command(const Jid& from, bridge::base::Time now) {
    const throttle::Level levels[] = {{"person", people_, people_.id(from.bare()), person_},
                                      {"domain", domains_, domains_.id(from.domain), domain_}};
    const throttle::Verdict decision = throttle::pass(levels, now);
    if (decision.admitted()) return std::nullopt;
    if (decision.kind != throttle::Verdict::Kind::kNotBefore) return over_limit(std::nullopt, now);
    return over_limit(decision.not_before, now);
  }

  // Takes effect at the next decision; nobody's allowance is refilled. The number of keys stays.
  void set_limits(const LimitSettings& limits) {
    limits_ = limits;
    person_.policy = limits.person;
    domain_.policy = limits.domain;
  }

  bool query(const Jid& from, bridge::base::Time now) {
    return queries_.decide(from.bare(), limits_.queries, now).admitted();
  }

 private:
  LimitSettings limits_;
  throttle::KeyedRule person_, domain_;
  throttle::KeyedLimiter people_;
  throttle::KeyedLimiter domains_;
  throttle::KeyedLimiter queries_;
};

}  // namespace gateway::xmpp
