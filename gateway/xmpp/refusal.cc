#include "gateway/xmpp/refusal.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "gateway/command/phrasing.h"

namespace gateway::xmpp {

Refusal refusal_of(wire::ErrorCode code, std::string text) {
  switch (code) {
    case wire::BAD_REQUEST:
      return {ErrorType::kModify, condition::kBadRequest, std::move(text), "bad-payload"};
    case wire::FORBIDDEN:
      return {ErrorType::kAuth, condition::kForbidden, std::move(text)};
    case wire::NOT_JOINED:
      return {ErrorType::kAuth, condition::kRegistrationRequired, std::move(text)};
    case wire::UNKNOWN:
      return {ErrorType::kCancel, condition::kItemNotFound, std::move(text)};
    case wire::CONFLICT:
      return {ErrorType::kCancel, condition::kConflict, std::move(text)};
    case wire::RATE_LIMITED:
    case wire::BUSY:
      return {ErrorType::kWait, condition::kResourceConstraint, std::move(text)};
    case wire::UNAVAILABLE:
      return {ErrorType::kWait, condition::kRemoteServerTimeout, std::move(text)};
    default:
      return {ErrorType::kCancel, condition::kUndefinedCondition, std::move(text)};
  }
}

Refusal over_limit(std::optional<bridge::base::Time> not_before, bridge::base::Time now) {
  if (!not_before)
    return {ErrorType::kWait, condition::kPolicyViolation,
            "Nothing is accepted from this address."};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*not_before - now).count();
  return {ErrorType::kWait, condition::kResourceConstraint,
          fmt::format("That is more than is accepted at once. Try again {}.",
                      command::in_how_long(wait > 0 ? static_cast<std::uint64_t>(wait) : 1))};
}

Refusal too_busy() {
  return {ErrorType::kWait, condition::kResourceConstraint,
          "There is too much going on here just now. Please send that again in a moment."};
}

}  // namespace gateway::xmpp
