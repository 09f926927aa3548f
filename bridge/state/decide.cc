#include "bridge/state/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/base/text.h"
#include "bridge/state/deciding.h"
#include "bridge/state/refusals.h"
#include "bridge/track/graphemes.h"
#include "bridge/wire/messages.h"

namespace bridge::state {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::size_t kClientIdBytesMax = 128;

bool may_be_held(const wire::Request& request) {
  switch (request.action_case()) {
    case wire::Request::kQuit:
    case wire::Request::kSetDelivery:
    case wire::Request::kListFollows:
    case wire::Request::kListFollowers:
    case wire::Request::kListTracks:
    case wire::Request::kListBlocks:
    case wire::Request::kListMutes:
    case wire::Request::kStats:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<const Account*> Deciding::actor(const Request& request) const {
  const auto account = whoever_asks(request);
  if (!account) return account;
  if (auto ok = may_act(**account); !ok) return tl::unexpected(ok.error());
  return account;
}

Result<const Account*> Deciding::whoever_asks(const Request& request) const {
  const auto& who = request.actor();
  if (who.who_case() == wire::Actor::kAddress) {
    if (auto ok = is_served(who.address()); !ok) return tl::unexpected(ok.error());
    const Account* account = state_.find_address(who.address());
    if (!account || !account->open) return tl::unexpected(not_joined());
    return account;
  }
  if (who.who_case() == wire::Actor::kNick) return member(who.nick());
  return fail(ErrorCode::kBadRequest, "This request names nobody as its actor.");
}

Result<const Account*> Deciding::reader(const Request& request) const {
  if (request.actor().who_case() == wire::Actor::WHO_NOT_SET) return nullptr;
  return actor(request);
}

Result<const Account*> Deciding::person(const std::string& nick) const {
  const auto account = member(nick);
  if (!account) return account;
  if (auto ok = is_shown(**account); !ok) return tl::unexpected(ok.error());
  return account;
}

Result<const Account*> Deciding::member(const std::string& nick) const {
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  const auto account = anybody(nick);
  if (!account) return account;
  if (!(*account)->open)
    return fail(ErrorCode::kUnknown, fmt::format("There is no {} here.", nick));
  return account;
}

// A nick that somebody had before they were renamed says how they are called now.
Result<const Account*> Deciding::anybody(const std::string& nick) const {
  if (!valid_nick(nick)) return fail(ErrorCode::kUnknown, "There is nobody of that nick here.");
  if (const Account* account = state_.find_nick(nick)) return account;
  const auto& reserved = state_.order().reserved();
  const auto known = reserved.find(fold_nick(nick));
  const Account* renamed = known == reserved.end() ? nullptr : state_.find(known->second);
  if (renamed)
    return fail(ErrorCode::kUnknown,
                fmt::format("{} is called {} here now.", nick, renamed->nick.view()));
  return fail(ErrorCode::kUnknown, fmt::format("There is no {} here.", nick));
}

// The account a post is by: the actor, or a new one where the request may make it.
Result<const Account*> Deciding::author_of(const Request& request) {
  const auto& nick = request.actor().nick();
  const bool may_create = request.publish().create_author() && moment_.may_create_author &&
                          request.actor().who_case() == wire::Actor::kNick;
  if (!may_create || state_.find_nick(nick)) return actor(request);
  if (auto ok = may_be_called(nick); !ok) return tl::unexpected(ok.error());
  if (state_.accounts().size() >= rules_.accounts_max)
    return fail(ErrorCode::kConflict, "This service has as many accounts as it takes.");
  Record& record = add_record();
  record.mutable_account_created()->set_nick(nick);
  created_.id = record.id();
  created_.nick = nick;
  return &created_;
}

Result<void> Deciding::check_post(std::string_view client_id, std::string_view text) const {
  if (client_id.empty() || client_id.size() > kClientIdBytesMax)
    return fail(ErrorCode::kBadRequest, "A client_id is 1 to 128 bytes.");
  return check_written(text);
}

Result<void> Deciding::check_written(std::string_view text) const {
  if (text.find_first_not_of(" \t\n") == std::string_view::npos)
    return fail(ErrorCode::kBadRequest, "There is no text in it.");
  if (auto ok = base::check_text(text, rules_.post_bytes_max); !ok) return ok;
  if (text.size() <= rules_.post_characters_max) return {};
  const std::size_t characters = track::count_graphemes(text);
  if (characters <= rules_.post_characters_max) return {};
  return fail(
      ErrorCode::kBadRequest,
      fmt::format("That is {} characters too long: it has {}, and {} is the most.",
                  characters - rules_.post_characters_max, characters, rules_.post_characters_max));
}

Result<void> Deciding::publish(Request& request) {
  auto& post = *request.mutable_publish();
  if (auto ok = check_post(post.client_id(), post.text()); !ok) return ok;
  const auto author = author_of(request);
  if (!author) return tl::unexpected(author.error());
  if (post.plain() && !(*author)->plain_text_posts)
    return fail(ErrorCode::kUnconfirmed, "Plain text here is a public post.");
  const auto before = accepted_before(
      {.author = (*author)->id, .client_id = post.client_id(), .text = post.text()});
  if (!before) return tl::unexpected(before.error());
  if (*before) return {};
  Record& record = add_record();
  record.mutable_post()->set_author((*author)->id);
  record.mutable_post()->set_nick((*author)->nick.str());
  record.mutable_post()->set_allocated_text(post.release_text());
  record.mutable_post()->set_allocated_client_id(post.release_client_id());
  record.mutable_post()->set_ordinal((*author)->posts + 1);
  record.mutable_post()->set_previous((*author)->last_post);
  decision_.reply.mutable_published()->set_id(record.id());
  if (!post.has_in_reply_to()) return {};
  if (post.addressed()) return address(**author, post.in_reply_to().nick(), record);
  return reply_to(**author, post.in_reply_to(), record);
}

Result<void> Deciding::direct(Request& request) {
  auto& message = *request.mutable_direct();
  const auto author = actor(request);
  if (!author) return tl::unexpected(author.error());
  if (auto ok = check_post(message.client_id(), message.text()); !ok) return ok;
  const auto recipient = person(message.nick());
  if (!recipient) return tl::unexpected(recipient.error());
  if (*recipient == *author)
    return fail(ErrorCode::kBadRequest, "That would be a message to yourself.");
  if ((*recipient)->address.empty())
    return fail(ErrorCode::kUnknown, fmt::format("{} is not on Jabber and cannot get messages.",
                                                 (*recipient)->nick.view()));
  const auto before = accepted_before({.author = (*author)->id,
                                       .client_id = message.client_id(),
                                       .text = message.text(),
                                       .recipient = (*recipient)->id});
  if (!before) return tl::unexpected(before.error());
  if (*before) return {};
  if (auto ok = may_write_to(**author, **recipient, "write to"); !ok) return ok;
  Record& record = add_record();
  record.mutable_direct()->set_author((*author)->id);
  record.mutable_direct()->set_nick((*author)->nick.str());
  record.mutable_direct()->set_recipient((*recipient)->id);
  record.mutable_direct()->set_allocated_text(message.release_text());
  record.mutable_direct()->set_allocated_client_id(message.release_client_id());
  decision_.reply.mutable_published()->set_id(record.id());
  decision_.reply.mutable_published()->set_one_way(!rules_.directs_from_anybody &&
                                                   !(*author)->find_follow((*recipient)->id));
  return {};
}

// Direct messages and nudges. `what`: "write to".
Result<void> Deciding::may_write_to(const Account& author, const Account& recipient,
                                    std::string_view what) const {
  if (auto ok = may_meet(author, recipient.id, what); !ok) return ok;
  if (rules_.directs_from_anybody || recipient.find_follow(author.id)) return {};
  return fail(ErrorCode::kForbidden,
              fmt::format("You cannot {0} {1}: {1} does not follow you. `r {1} TEXT` answers "
                          "{1} for everybody to read.",
                          what, recipient.nick.view()));
}

Result<void> Deciding::join(const Request& request) {
  const auto& nick = request.join().nick();
  const auto& address = request.actor().address();
  if (request.actor().who_case() != wire::Actor::kAddress)
    return fail(ErrorCode::kBadRequest, "Only a Jabber address can join.");
  if (auto ok = is_served(address); !ok) return ok;
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  if (const Account* mine = state_.find_address(address)) {
    if (auto ok = may_act(*mine); !ok) return ok;
    if (fold_nick(mine->nick) != fold_nick(nick))
      return fail(ErrorCode::kConflict,
                  mine->open ? fmt::format("You are {} here already.", mine->nick.view())
                             : fmt::format("You were {} here: say `join {}`.", mine->nick.view(),
                                           mine->nick.view()));
    if (!mine->open) add_record().mutable_account_reopened()->set_account(mine->id);
    auto& joined = *decision_.reply.mutable_joined();
    joined.set_account(mine->id);
    joined.set_nick(mine->nick.str());
    joined.set_returned(true);
    return {};
  }
  if (state_.order().registration() == lapwing::record::RegistrationSet::CLOSED)
    return fail(ErrorCode::kConflict, "Nobody new is taken in here at present.");
  if (auto ok = may_be_called(nick); !ok) return ok;
  if (state_.accounts().size() >= rules_.accounts_max)
    return fail(ErrorCode::kConflict, "This service has as many accounts as it takes.");
  const RecordId account = moment_.next_id;
  add_record().mutable_account_created()->set_nick(nick);
  auto& bound = *add_record().mutable_address_bound();
  bound.set_account(account);
  bound.set_address(address);
  decision_.reply.mutable_joined()->set_account(account);
  decision_.reply.mutable_joined()->set_nick(nick);
  return {};
}

Result<void> Deciding::quit(const Account& account) {
  end_subscriptions(account);
  Record& record = add_record();
  record.mutable_account_closed()->set_account(account.id);
  done(record.id());
  return {};
}

// Of somebody who has quit, too. What is left in State is a name that nobody gets again, and those
// who follow it. Asked once more, the log is gone over once more.
Result<void> Deciding::erase(const Request& request) {
  const bool by_nick = request.actor().who_case() == wire::Actor::kNick;
  const auto found = by_nick ? anybody(request.actor().nick()) : actor(request);
  if (!found) return tl::unexpected(found.error());
  // Else a suspension would end with it: the address could join anew.
  if (auto ok = may_act(**found); !ok) return ok;
  erase_account(**found);
  return {};
}

void Deciding::erase_account(const Account& account) {
  end_subscriptions(account);
  for (const Block& block : account.blocks())
    if (block.in_force()) forget_block(account.id, block);
  for (const RecordId post : account.favourites()) {
    auto& unmarked = *add_record().mutable_unfavourited();
    unmarked.set_account(account.id);
    unmarked.set_post(post);
  }
  for (const Repost& repost : account.reposts()) {
    auto& forgotten = *add_record().mutable_repost_forgotten();
    forgotten.set_account(account.id);
    forgotten.set_post(repost.post);
  }
  if (!account.zone().empty()) add_record().mutable_zone_set()->set_account(account.id);
  if (!account.address.empty()) {
    auto& released = *add_record().mutable_address_released();
    released.set_account(account.id);
    released.set_address(account.address.str());
  }
  if (account.open) add_record().mutable_account_closed()->set_account(account.id);
  if (state_.order().operators().contains(account.id)) {
    auto& revoked = *add_record().mutable_operator_named();
    revoked.set_account(account.id);
    revoked.set_revoked(true);
  }
  if (state_.order().is_suspended(account.id))
    add_record().mutable_restored()->set_account(account.id);  // its reason goes, too
  Record& record = add_record();
  record.mutable_erased()->set_account(account.id);
  record.mutable_erased()->set_nick(account.nick.str());
  done(record.id());
}

Result<void> Deciding::set_delivery(const Account& account, bool on) {
  if (account.delivery_on == on) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_delivery_switched()->set_account(account.id);
  record.mutable_delivery_switched()->set_on(on);
  done(record.id());
  return {};
}

Result<void> Deciding::set_zone(const Account& account, const std::string& zone) {
  if (!moment_.known_zone(zone))
    return fail(ErrorCode::kUnknown,
                "There is no time zone of that name: write it like Europe/Berlin, "
                "America/New_York or UTC.");
  if (account.zone() == zone) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_zone_set()->set_account(account.id);
  record.mutable_zone_set()->set_zone(zone);
  done(record.id());
  return {};
}

Result<void> Deciding::confirm(const Account& account) {
  if (account.plain_text_posts) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_plain_text_confirmed()->set_account(account.id);
  done(record.id());
  return {};
}

Result<void> Deciding::run(Request& request) {
  switch (request.action_case()) {
    case Request::kPublish:
      return publish(request);
    case Request::kDirect:
      return direct(request);
    case Request::kJoin:
      return join(request);
    case Request::kErase:
      return erase(request);
    case Request::kTakeMove:
      return take_move(request);
    case Request::kWhois:
      return whois(request);
    case Request::kGet:
      return get(request);
    case Request::kCapListeners:
      return cap_listeners(request.cap_listeners());
    case Request::kListCaps:
      list_caps();
      return {};
    case Request::kOperate:
      return operate(request);
    case Request::kAudit:
      return audit_trail(request);
    case Request::kShowOrder:
      return show_order(request);
    default:
      break;
  }
  // Whoever is held may see what they have, switch delivery off, and leave.
  const auto account = may_be_held(request) ? whoever_asks(request) : actor(request);
  if (!account) return tl::unexpected(account.error());
  switch (request.action_case()) {
    case Request::kQuit:
      return quit(**account);
    case Request::kSetDelivery:
      return set_delivery(**account, request.set_delivery().on());
    case Request::kFollow:
      return follow(**account, request.follow().nick());
    case Request::kLeave:
      return leave(**account, request.leave().nick());
    case Request::kTrack:
      return track(**account, request.track());
    case Request::kUntrack:
      return untrack(**account, request.untrack());
    case Request::kConfirm:
      return confirm(**account);
    case Request::kBlock:
      return block(**account, request.block().nick());
    case Request::kUnblock:
      return unblock(**account, request.unblock().nick());
    case Request::kMute:
      return mute(**account, request.mute());
    case Request::kUnmute:
      return unmute(**account, request.unmute());
    case Request::kSetZone:
      return set_zone(**account, request.set_zone().zone());
    case Request::kRename:
      return rename_oneself(**account, request.rename().to());
    case Request::kFavourite:
      return favourite(**account, request.favourite().post());
    case Request::kUnfavourite:
      return unfavourite(**account, request.unfavourite().post());
    case Request::kRepost:
      return repost(**account, request.repost().post());
    case Request::kNudge:
      return nudge(**account, request.nudge().nick());
    case Request::kListFavourites:
      return list_favourites(**account, request.list_favourites());
    case Request::kRetract:
      return retract(**account, request.retract().post());
    case Request::kCorrect:
      return correct(**account, request.correct());
    case Request::kListFollows:
    case Request::kListFollowers:
    case Request::kListTracks:
    case Request::kListBlocks:
    case Request::kListMutes:
    case Request::kStats:
      return ask(request, **account);
    default:
      return fail(ErrorCode::kBadRequest, "This request cannot be answered here.");
  }
}

Decision decide(const State& state, const Rules& rules, wire::Request request,
                const Moment& moment) {
  Deciding deciding(state, rules, moment);
  if (auto ok = deciding.run(request); !ok)
    return {.records = {}, .reply = wire::error_reply(ok.error())};
  return deciding.take();
}

}  // namespace bridge::state
