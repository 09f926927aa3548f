// What operators do to keep order: docs/decisions/keeping-order.md has the rules. Each changes one
// thing and is audited with it; what is so already is not done again.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/base/domains.h"
#include "bridge/base/text.h"
#include "bridge/state/deciding.h"

namespace bridge::state {

using base::ErrorCode;
using base::fail;
using base::Result;
using lapwing::record::RegistrationSet;

namespace {

constexpr std::size_t kReasonBytesMax = 500;
constexpr std::size_t kDomainBytesMax = 255;
constexpr std::uint32_t kAuditMax = 100;
constexpr std::uint32_t kAuditDefault = 10;
constexpr std::size_t kTrailBytesMax = 64 * 1024;
// The same announcement within this is one.
constexpr base::WallMs kAnnouncedAgainMs = 3'600'000;

std::string because(std::string_view reason) {
  return reason.empty() ? std::string() : fmt::format(": {}", reason);
}

std::string_view name(Order::Registration to) {
  switch (to) {
    case RegistrationSet::OPEN:
      return "open";
    case RegistrationSet::CLOSED:
      return "closed";
    default:
      return "as configured";
  }
}

// As people write it; one with an @ is somebody's address.
Result<std::string> read_domain(std::string domain) {
  std::ranges::transform(domain, domain.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const bool good = !domain.empty() && base::check_text(domain, kDomainBytesMax) &&
                    domain.find_first_of("@/ \t\n") == std::string::npos &&
                    !domain.starts_with('.') && !domain.ends_with('.');
  if (!good)
    return fail(ErrorCode::kBadRequest,
                "That is no domain: what stands behind the @ of an address is one.");
  return domain;
}

}  // namespace

Result<void> Deciding::operate(Request& request) {
  wire::Operate& what = *request.mutable_operate();
  auto who = operator_of(request, what.who());
  if (!who) return tl::unexpected(who.error());
  auditor_ = std::move(*who);
  switch (what.what_case()) {
    case wire::Operate::kSuspend:
      return suspend(what.suspend());
    case wire::Operate::kRestore:
      return restore(what.restore());
    case wire::Operate::kGrant:
      return grant(what.grant());
    case wire::Operate::kRevoke:
      return revoke(what.revoke());
    case wire::Operate::kErase:
      return erase_by_operator(what.erase());
    case wire::Operate::kRemove:
      return remove(what.remove());
    case wire::Operate::kBan:
      return ban(what.ban(), true);
    case wire::Operate::kUnban:
      return ban(what.unban(), false);
    case wire::Operate::kReserve:
      return reserve(what.reserve());
    case wire::Operate::kRelease:
      return release(what.release());
    case wire::Operate::kRegistration:
      return set_registration(what.registration());
    case wire::Operate::kRename:
      return rename(what.rename());
    case wire::Operate::kAnnounce:
      return announce(what.announce());
    case wire::Operate::WHAT_NOT_SET:
      break;
  }
  return fail(ErrorCode::kBadRequest, "This does not say what is to be done.");
}

void Deciding::audit(std::string_view what, std::string_view about, std::string_view old,
                     std::string_view now) {
  auto& audited = *add_record().mutable_audited();
  audited.set_who(auditor_);
  audited.set_what(what.data(), what.size());
  audited.set_about(about.data(), about.size());
  audited.set_old(old.data(), old.size());
  audited.set_now(now.data(), now.size());
  audited.set_previous(state_.order().newest_audited());
}

// Whoever has quit is told nothing: it would wait for ever, and what is erased had it behind it.
void Deciding::tell(AccountId account, std::string text) {
  if (!state_.find(account)->open) return;
  auto& told = *add_record().mutable_told();
  told.set_account(account);
  told.set_text(std::move(text));
}

// Also whom it is about, as it is written.
void Deciding::done_about(RecordId id, const Account& account) {
  done(id);
  decision_.reply.mutable_done()->set_nick(account.nick.str());
}

Result<void> Deciding::suspend(const wire::Suspend& what) {
  if (!base::check_text(what.reason(), kReasonBytesMax))
    return fail(ErrorCode::kBadRequest, "A reason is a text of at most 500 bytes.");
  const auto account = subject(what.nick());
  if (!account) return tl::unexpected(account.error());
  const Suspension* before = state_.order().suspension((*account)->id);
  const bool suspended = before && before->in_force();
  if (suspended && (what.reason().empty() || what.reason() == before->reason)) {
    done_about(0, **account);
    return {};
  }
  Record& record = add_record();
  record.mutable_suspended()->set_account((*account)->id);
  record.mutable_suspended()->set_reason(what.reason());
  record.mutable_suspended()->set_nick((*account)->nick.str());
  done_about(record.id(), **account);
  audit("suspend", (*account)->nick, suspended ? "suspended" + because(before->reason) : "active",
        "suspended" + because(what.reason()));
  return {};
}

Result<void> Deciding::restore(const std::string& nick) {
  const auto account = anybody(nick);
  if (!account) return tl::unexpected(account.error());
  const Suspension* before = state_.order().suspension((*account)->id);
  if (!before || !before->in_force()) {
    done_about(0, **account);
    return {};
  }
  const std::string old = "suspended" + because(before->reason);
  Record& record = add_record();
  record.mutable_restored()->set_account((*account)->id);
  record.mutable_restored()->set_nick((*account)->nick.str());
  done_about(record.id(), **account);
  tell((*account)->id, "You are not suspended any more.");
  audit("restore", (*account)->nick, old, "active");
  return {};
}

Result<void> Deciding::grant(const std::string& nick) {
  const auto account = person(nick);
  if (!account) return tl::unexpected(account.error());
  if (is_operator(**account)) {
    done_about(0, **account);
    return {};
  }
  if ((*account)->address.empty())
    return fail(ErrorCode::kConflict, fmt::format("{} is not on Jabber.", (*account)->nick.view()));
  if (state_.order().operators().size() >= Order::kOperatorsMax)
    return fail(ErrorCode::kConflict, "There are as many operators as there can be: 100.");
  Record& record = add_record();
  record.mutable_operator_named()->set_account((*account)->id);
  done_about(record.id(), **account);
  tell((*account)->id, "You are an operator here now: `op` says what you can do.");
  audit("grant", (*account)->nick, "member", "operator");
  return {};
}

Result<void> Deciding::revoke(const std::string& nick) {
  const auto account = anybody(nick);
  if (!account) return tl::unexpected(account.error());
  if (operates_by_configuration(**account))
    return fail(ErrorCode::kConflict,
                fmt::format("{} is an operator by the configuration.", (*account)->nick.view()));
  if (!state_.order().operators().contains((*account)->id)) {
    done_about(0, **account);
    return {};
  }
  Record& record = add_record();
  record.mutable_operator_named()->set_account((*account)->id);
  record.mutable_operator_named()->set_revoked(true);
  done_about(record.id(), **account);
  audit("revoke", (*account)->nick, "operator", "member");
  return {};
}

Result<void> Deciding::erase_by_operator(const std::string& nick) {
  const auto account = subject(nick);
  if (!account) return tl::unexpected(account.error());
  const std::string name = (*account)->nick.str();
  erase_account(**account);
  decision_.reply.mutable_done()->set_nick(name);
  audit("delete", name, "member", "erased");
  return {};
}

// Who got it is told as of any other that is taken back.
Result<void> Deciding::remove(const wire::Remove& what) {
  if (!base::check_text(what.reason(), kReasonBytesMax))
    return fail(ErrorCode::kBadRequest, "A reason is a text of at most 500 bytes.");
  const auto found = any_post(what.post());
  if (!found) return tl::unexpected(found.error());
  const auto& post = (*found)->post();
  const Account& author = *state_.find(post.author());
  if (post.deleted()) {
    done_about(0, author);
    return {};
  }
  auto& changed = *change(**found).mutable_changed();
  changed.set_deleted(true);
  changed.set_removed(true);
  decision_.reply.mutable_done()->set_nick(author.nick.str());
  tell(author.id, fmt::format("An operator has removed your post #{}{}.", what.post(),
                              because(what.reason())));
  audit("remove", fmt::format("#{} by {}", what.post(), author.nick.view()), "published",
        "removed" + because(what.reason()));
  return {};
}

Result<void> Deciding::ban(const std::string& written, bool ban) {
  const auto domain = read_domain(written);
  if (!domain) return tl::unexpected(domain.error());
  const Order& order = state_.order();
  if (order.banned().contains(*domain) == ban) {
    done(0);
    return {};
  }
  if (ban && order.banned().size() >= Order::kBannedMax)
    return fail(ErrorCode::kConflict, "There are as many banned domains as there can be: 500.");
  if (ban) {
    if (auto ok = has_no_operator(*domain); !ok) return ok;
  }
  Record& record = add_record();
  record.mutable_domain_banned()->set_domain(*domain);
  record.mutable_domain_banned()->set_lifted(!ban);
  done(record.id());
  audit(ban ? "ban" : "unban", *domain, ban ? "served" : "banned", ban ? "banned" : "served");
  return {};
}

// Or they would have shut themselves out.
Result<void> Deciding::has_no_operator(std::string_view domain) const {
  const auto below = [&](std::string_view address) {
    return base::is_in(domain_of(address), domain);
  };
  bool found = std::ranges::any_of(rules_.operators, below);
  for (const AccountId id : state_.order().operators())
    found |= below(state_.find(id)->address.view());
  if (!found) return {};
  return fail(ErrorCode::kConflict, fmt::format("An operator is of {}.", domain));
}

Result<void> Deciding::reserve(const std::string& nick) {
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  if (const Account* account = state_.find_nick(nick))
    return fail(ErrorCode::kConflict,
                fmt::format("Somebody is called {} already.", account->nick.view()));
  const auto& reserved = state_.order().reserved();
  if (reserved.contains(fold_nick(nick))) {
    done(0);
    return {};
  }
  if (reserved.size() >= Order::kReservedMax)
    return fail(ErrorCode::kConflict, "There are as many reserved nicks as there can be: 100,000.");
  Record& record = add_record();
  record.mutable_nick_reserved()->set_nick(fold_nick(nick));
  done(record.id());
  audit("reserve", nick, "free", "reserved");
  return {};
}

Result<void> Deciding::release(const std::string& nick) {
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  if (!state_.order().reserved().contains(fold_nick(nick))) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_nick_reserved()->set_nick(fold_nick(nick));
  record.mutable_nick_reserved()->set_released(true);
  done(record.id());
  audit("release", nick, "reserved", "free");
  return {};
}

Result<void> Deciding::set_registration(wire::Registration wanted) {
  const auto to = static_cast<Order::Registration>(wanted);
  if (!RegistrationSet::To_IsValid(to))
    return fail(ErrorCode::kBadRequest, "Registration is open, closed, or as configured.");
  const Order::Registration old = state_.order().registration();
  if (old == to) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_registration_set()->set_to(to);
  done(record.id());
  audit("registration", {}, name(old), name(to));
  return {};
}

Result<void> Deciding::announce(const std::string& text) {
  if (auto ok = check_written(text); !ok) return ok;
  const auto& before = state_.order().announced();
  if (before.text == text && moment_.now_ms - before.time_ms < kAnnouncedAgainMs) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_announced()->set_text(text);
  done(record.id());
  audit("announce", {}, {}, text);
  return {};
}

// ---- what they ask -----------------------------------------------------------------------------

Result<void> Deciding::audit_trail(const Request& request) {
  const wire::Audit& asked = request.audit();
  const auto who = operator_of(request, asked.who());
  if (!who) return tl::unexpected(who.error());
  const std::uint32_t count =
      asked.count() == 0 ? kAuditDefault : std::min(asked.count(), kAuditMax);
  auto& trail = *decision_.reply.mutable_audit_trail();
  RecordId id = state_.order().newest_audited();
  if (asked.before() != 0) id = asked.before();
  std::size_t bytes = 0;
  for (std::uint32_t n = 0; n < count && id != 0 && id < moment_.next_id; ++n) {
    if (bytes >= kTrailBytesMax) break;  // `next` leads to the rest
    const auto record = moment_.find_record(id);
    if (!record) return tl::unexpected(record.error());
    if (!*record || !(*record)->has_audited())
      return fail(ErrorCode::kUnknown, fmt::format("#{} is not in the audit trail.", id));
    const auto& from = (*record)->audited();
    auto& line = *trail.add_lines();
    line.set_id(id);
    line.set_time_ms((*record)->time_ms());
    line.set_who(from.who());
    line.set_what(from.what());
    line.set_about(from.about());
    line.set_old(from.old());
    line.set_now(from.now());
    bytes += line.ByteSizeLong();
    id = from.previous();
  }
  trail.set_next(id);
  return {};
}

Result<void> Deciding::show_order(const Request& request) {
  const auto who = operator_of(request, request.show_order().who());
  if (!who) return tl::unexpected(who.error());
  const Order& order = state_.order();
  auto& shown = *decision_.reply.mutable_order();
  for (const std::string& address : rules_.operators)
    if (const Account* account = state_.find_address(address); account && account->open)
      shown.add_operators(account->nick.str());
  for (const AccountId id : order.operators()) {
    const Account& account = *state_.find(id);
    if (account.open && !operates_by_configuration(account))
      shown.add_operators(account.nick.str());
  }
  const auto room = [](const auto& names) {
    return static_cast<std::size_t>(names.size()) < wire::kNamesMax;
  };
  for (const auto& [id, suspension] : order.suspensions())
    if (suspension.in_force() && room(shown.suspended()))
      shown.add_suspended(state_.find(id)->nick.str());
  for (const std::string& domain : order.banned())
    if (room(shown.banned())) shown.add_banned(domain);
  for (const auto& [nick, account] : order.reserved())
    if (room(shown.reserved())) shown.add_reserved(nick);
  shown.set_registration(static_cast<wire::Registration>(order.registration()));
  return {};
}

}  // namespace bridge::state
