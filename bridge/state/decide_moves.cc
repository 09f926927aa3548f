// An account goes from one Jabber address to another.
#include <fmt/format.h>

#include "bridge/state/deciding.h"

namespace bridge::state {

using base::ErrorCode;
using base::fail;
using base::Result;

// One record, so that there is no moment at which the account has no address, and nothing that
// waits for it is found to be owed to nobody.
Result<void> Deciding::take_move(const Request& request) {
  const std::string& address = request.actor().address();
  if (request.actor().who_case() != wire::Actor::kAddress)
    return fail(ErrorCode::kBadRequest, "Only a Jabber address can take an account over.");
  const std::string& nick = request.take_move().nick();
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  if (auto ok = is_served(address); !ok) return ok;
  if (const Account* mine = state_.find_address(address))
    return fail(ErrorCode::kConflict,
                fmt::format("This address is {}'s here already, and has room for one account.",
                            mine->nick.view()));
  const Account* account = state_.find_nick(nick);
  const bool there = account && account->open && !account->address.empty();
  if (auto ok = moment_.may_take(there ? account->id : 0, address); !ok) return ok;
  // Nobody walks away from a ban, or a suspension.
  if (auto ok = may_act(*account); !ok) return ok;
  Record& record = add_record();
  auto& moved = *record.mutable_address_moved();
  moved.set_account(account->id);
  moved.set_from(account->address.str());
  moved.set_to(address);
  moved.set_owed_after(account->owed_since);
  auto& reply = *decision_.reply.mutable_moved();
  reply.set_nick(account->nick.str());
  reply.set_from(account->address.str());
  reply.set_id(record.id());
  return {};
}

}  // namespace bridge::state
