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
      return {ErrorType::kWait, condition::kPolicyViolation, std::move(text)};
    case wire::BUSY:
      return {ErrorType::kWait, condition::kResourceConstraint, std::move(text)};
    case wire::UNAVAILABLE:
      return {ErrorType::kWait, condition::kRemoteServerTimeout, std::move(text)};
    default:
      return {ErrorType::kCancel, condition::kUndefinedCondition, std::move(text)};
  }
}

Refusal over_limit(std::optional<bridge::base::Time> not_before, bridge::base::Time now) {
  Refusal refusal{ErrorType::kWait, condition::kPolicyViolation,
                  "Nothing is accepted from this address."};
  if (!not_before) return refusal;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*not_before - now).count();
  refusal.text = fmt::format("That is more than is accepted at once. Try again {}.",
                             command::in_seconds(wait > 0 ? static_cast<std::uint64_t>(wait) : 1));
  return refusal;
}

Refusal too_busy() {
  return {ErrorType::kWait, condition::kResourceConstraint,
          "There is too much going on here just now. Please send that again in a moment."};
}

}  // namespace gateway::xmpp
