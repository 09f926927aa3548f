// Who may do what: who is an operator, whom operators may restrain, and who is held at present.
// docs/decisions/keeping-order.md has the rules.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/base/text.h"
#include "bridge/state/deciding.h"
#include "bridge/state/refusals.h"

namespace bridge::state {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kWhoBytesMax = 128;

}  // namespace

bool Deciding::is_operator(const Account& account) const {
  return account.open &&
         (operates_by_configuration(account) || state_.order().operators().contains(account.id));
}

bool Deciding::operates_by_configuration(const Account& account) const {
  return !account.address.empty() &&
         std::ranges::find(rules_.operators, account.address.view()) != rules_.operators.end();
}

// The lane admin has said who it is; on every other lane it is an operator or nobody.
Result<std::string> Deciding::operator_of(const Request& request, const std::string& who) const {
  if (!who.empty()) {
    if (auto ok = base::check_text(who, kWhoBytesMax); !ok)
      return fail(ErrorCode::kBadRequest, "Who does it is a name of at most 128 bytes.");
    return who;
  }
  const auto account = actor(request);
  if (!account) return tl::unexpected(account.error());
  if (!is_operator(**account)) return fail(ErrorCode::kForbidden, "You are no operator here.");
  return (*account)->nick.str();
}

// Whoever is to be restrained must not be one of those who restrain.
Result<const Account*> Deciding::subject(const std::string& nick) const {
  const auto account = anybody(nick);
  if (!account) return account;
  if (operates_by_configuration(**account))
    return fail(ErrorCode::kConflict,
                fmt::format("{} is an operator by the configuration.", (*account)->nick.view()));
  if (state_.order().operators().contains((*account)->id))
    return fail(ErrorCode::kConflict,
                fmt::format("{0} is an operator: `op revoke {0}` first.", (*account)->nick.view()));
  return account;
}

// What whoever is held is told, whatever they ask.
Result<void> Deciding::may_act(const Account& account) const {
  if (!state_.held(account)) return {};
  base::Error error = held(state_, account);
  if (state_.order().is_suspended(account.id)) error.text += " " + whom_to_ask();
  return tl::unexpected(std::move(error));
}

Result<void> Deciding::is_served(std::string_view address) const {
  const std::string_view domain = domain_of(address);
  if (!state_.order().is_banned(domain)) return {};
  return tl::unexpected(not_served(domain));
}

std::string Deciding::whom_to_ask() const {
  return rules_.contact.empty() ? "Only those who run this service can end that."
                                : fmt::format("Write to {} about it.", rules_.contact);
}

// What others are told of somebody who is suspended.
Result<void> Deciding::is_shown(const Account& account) const {
  if (!state_.order().is_suspended(account.id)) return {};
  return fail(ErrorCode::kConflict,
              fmt::format("{} is suspended at present.", account.nick.view()));
}

}  // namespace bridge::state
