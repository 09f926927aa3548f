#include "bridge/state/refusals.h"

#include <fmt/format.h>

namespace bridge::state {

using base::ErrorCode;

base::Error not_joined() {
  return {ErrorCode::kNotJoined, "You have not joined yet: say `join NICK` first."};
}

base::Error not_served(std::string_view domain) {
  return {ErrorCode::kForbidden, fmt::format("Nobody of {} is served here.", domain)};
}

base::Error held(const State& state, const Account& account) {
  const std::string_view domain = domain_of(account.address);
  if (state.order().is_banned(domain)) return not_served(domain);
  const Suspension* suspension = state.order().suspension(account.id);
  const bool told = suspension != nullptr && !suspension->reason.empty();
  return {ErrorCode::kForbidden,
          told ? fmt::format("You are suspended here: {}.", suspension->reason)
               : "You are suspended here."};
}

}  // namespace bridge::state
