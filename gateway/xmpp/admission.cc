#include "gateway/xmpp/admission.h"

#include <fmt/format.h>

#include <algorithm>

namespace gateway::xmpp {

Admission::Admission(RegistrationSettings settings, std::size_t keys)
    : settings_(std::move(settings)), domains_(keys) {}

namespace {

Refusal closed() {
  return {ErrorType::kCancel, condition::kNotAllowed, "Nobody new is taken in here at present."};
}

}  // namespace

std::optional<Refusal> Admission::refuse_always(const Jid& newcomer) const {
  if (decided_ == wire::CLOSED || closed_as_configured()) return closed();
  return refuse_domain(newcomer);
}

std::optional<Refusal> Admission::refuse_domain(const Jid& newcomer) const {
  const auto& domains = settings_.domains;
  if (!domains.empty() && std::ranges::find(domains, newcomer.domain) == domains.end())
    return Refusal{ErrorType::kAuth, condition::kForbidden,
                   fmt::format("Nobody of {} is taken in here.", newcomer.domain)};
  return std::nullopt;
}

std::optional<Refusal> Admission::refuse(const wire::Request& request, const Jid& newcomer,
                                         bridge::base::Time now) {
  if (!request.has_join() && !request.has_take_move()) return std::nullopt;
  if (request.has_join() && closed_as_configured()) return closed();
  if (auto refusal = refuse_domain(newcomer)) return refusal;
  const auto decision = domains_.decide(newcomer.domain, settings_.newcomers, now);
  if (decision.admitted()) return std::nullopt;
  if (decision.kind == throttle::Decision::Kind::kNever) return over_limit(std::nullopt, now);
  return over_limit(decision.not_before, now);
}

}  // namespace gateway::xmpp
