// Admission: who may become a member through this gateway, whether by chat, by a form or by in-band
// registration: nobody while it is closed, only certain domains, and only so many of one domain at
// a time. It knows nobody: a member who joins again is a newcomer to it. Whoever takes an account
// over to another address is nobody new, and may while it is closed.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "bridge/base/time.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/xmpp/jid.h"
#include "gateway/xmpp/refusal.h"
#include "gateway/xmpp/settings.h"
#include "throttle/keyed_limiter.h"

namespace gateway::xmpp {

class Admission {
 public:
  // `keys`: domains told apart.
  Admission(RegistrationSettings settings, std::size_t keys);

  // Nothing: the request makes no address a member's, or it may. Charges the limit of the domain
  // then.
  std::optional<Refusal> refuse(const wire::Request& request, const Jid& newcomer,
                                bridge::base::Time now);
  // Likewise of joining, but charges nothing: would they be let in at all?
  std::optional<Refusal> refuse_always(const Jid& newcomer) const;

  // What operators have decided while it runs. That it is closed, the bridge says to newcomers, who
  // knows them from members: refuse() leaves it to that.
  void set(wire::Registration decided) { decided_ = decided; }

  // Takes effect at the next newcomer; no allowance is refilled.
  void set(RegistrationSettings settings) { settings_ = std::move(settings); }

 private:
  bool closed_as_configured() const { return !settings_.open && decided_ == wire::AS_CONFIGURED; }
  std::optional<Refusal> refuse_domain(const Jid& newcomer) const;

  RegistrationSettings settings_;
  wire::Registration decided_ = wire::AS_CONFIGURED;
  throttle::KeyedLimiter domains_;
};

}  // namespace gateway::xmpp
