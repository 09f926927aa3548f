// Admission: who may become a member through this gateway, whether by chat, by a form or by in-band
// registration: nobody while it is closed, only certain domains, and only so many of one domain at
// a time. It knows nobody: a member who joins again is a newcomer to it.
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

// Is it asked that the address be a member's that was none: to join, or to take an account over?
inline bool lets_in(const bridge::wire::Request& request) {
  return request.has_join() || request.has_take_move();
}

class Admission {
 public:
  // `keys`: domains told apart.
  Admission(RegistrationSettings settings, std::size_t keys);

  // Nothing: they may. Charges the limit of their domain then.
  std::optional<Refusal> refuse(const Jid& newcomer, bridge::base::Time now);
  // Likewise, but charges nothing: would they be let in at all?
  std::optional<Refusal> refuse_always(const Jid& newcomer) const;

  // What operators have decided while it runs. That it is closed, the bridge says to newcomers, who
  // knows them from members: refuse() leaves it to that.
  void set(wire::Registration decided) { decided_ = decided; }

  // Takes effect at the next newcomer; no allowance is refilled.
  void set(RegistrationSettings settings) { settings_ = std::move(settings); }

 private:
  std::optional<Refusal> refuse_as_configured(const Jid& newcomer) const;

  RegistrationSettings settings_;
  wire::Registration decided_ = wire::AS_CONFIGURED;
  throttle::KeyedLimiter domains_;
};

}  // namespace gateway::xmpp
