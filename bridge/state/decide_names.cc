// The part of deciding that says who may be called what: docs/decisions/keeping-order.md has the
// rules.
#include <fmt/format.h>

#include "bridge/state/deciding.h"

namespace bridge::state {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

Result<void> is_nick(std::string_view nick) {
  if (valid_nick(nick)) return {};
  return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
}

}  // namespace

// Somebody new.
Result<void> Deciding::may_be_called(const std::string& nick) const {
  if (auto ok = is_nick(nick); !ok) return ok;
  if (state_.find_nick(nick))
    return fail(ErrorCode::kConflict, fmt::format("The nick {} is taken: try another.", nick));
  if (state_.order().reserved().contains(fold_nick(nick)))
    return fail(ErrorCode::kConflict, fmt::format("The nick {} is reserved: try another.", nick));
  return {};
}

// The old name stays theirs: whoever looks for it is told the new one, and nobody else gets it.
void Deciding::call(const Account& account, const std::string& to) {
  const std::string old = account.nick.str();
  Record& record = add_record();
  record.mutable_renamed()->set_account(account.id);
  record.mutable_renamed()->set_nick(to);
  record.mutable_renamed()->set_old(old);
  done(record.id());
  decision_.reply.mutable_done()->set_nick(old);
  if (fold_nick(old) == fold_nick(to)) return;
  auto& theirs = *add_record().mutable_nick_reserved();
  theirs.set_nick(fold_nick(old));
  theirs.set_account(account.id);
}

// By an operator, who may give somebody an old name of theirs back.
Result<void> Deciding::rename(const wire::Rename& what) {
  const auto account = subject(what.nick());
  if (!account) return tl::unexpected(account.error());
  const std::string old = (*account)->nick.str();
  const std::string& to = what.to();
  if (auto ok = is_nick(to); !ok) return ok;
  if (old == to) {
    done_about(0, **account);
    return {};
  }
  const Account* holder = state_.find_nick(to);
  if (holder && holder != *account)
    return fail(ErrorCode::kConflict,
                fmt::format("Somebody is called {} already.", holder->nick.view()));
  const auto& reserved = state_.order().reserved();
  const auto kept = reserved.find(fold_nick(to));
  if (kept != reserved.end() && kept->second != (*account)->id)
    return fail(ErrorCode::kConflict,
                fmt::format("The nick {0} is reserved: `op release {0}` first.", to));
  call(**account, to);
  if (kept != reserved.end()) {
    auto& back = *add_record().mutable_nick_reserved();
    back.set_nick(fold_nick(to));
    back.set_released(true);
  }
  tell((*account)->id, fmt::format("You are called {} here from now on, not {}.", to, old));
  audit("rename", old, old, to);
  return {};
}

// Once in a while, and never back: an operator may have taken the old name away.
Result<void> Deciding::rename_oneself(const Account& account, const std::string& to) {
  if (auto ok = is_nick(to); !ok) return ok;
  if (account.nick.view() == to) {
    done_about(0, account);
    return {};
  }
  const bool other_name = fold_nick(account.nick) != fold_nick(to);
  if (auto ok = other_name ? may_be_called(to) : Result<void>(); !ok) return ok;
  const auto again_ms = account.renamed_ms() + rules_.rename_every.count();
  if (account.renamed_ms() != 0 && moment_.now_ms < again_ms)
    return fail(ErrorCode::kRateLimited, "You have been renamed not long ago.",
                std::chrono::milliseconds(again_ms - moment_.now_ms));
  call(account, to);
  return {};
}

}  // namespace bridge::state
