#include "bridge/state/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/base/text.h"
#include "bridge/wire/header.h"
#include "bridge/wire/messages.h"

namespace bridge::state {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::size_t kClientIdBytesMax = 128;

// One decision in the making: every helper either adds records and fills the reply, or fails.
class Deciding {
 public:
  Deciding(const State& state, const Rules& rules, const Moment& moment)
      : state_(state), rules_(rules), moment_(moment) {}

  Result<void> run(wire::Request& request);
  Decision take() { return std::move(decision_); }

 private:
  using Request = wire::Request;

  Result<void> publish(Request& request);
  Result<void> direct(Request& request);
  Result<void> join(const Request& request);
  Result<void> quit(const Account& account);
  Result<void> set_delivery(const Account& account, bool on);
  Result<void> follow(const Account& account, const std::string& nick);
  Result<void> leave(const Account& account, const std::string& nick);
  Result<void> track(const Account& account, const std::string& phrases);
  Result<void> untrack(const Account& account, const wire::Untrack& what);
  Result<void> confirm(const Account& account);
  Result<void> ask(const Request& request, const Account& account);
  Result<void> whois(const std::string& nick);

  Result<const Account*> actor(const Request& request) const;
  Result<const Account*> person(const std::string& nick) const;
  Result<const Account*> author_of(const Request& request);
  Result<void> check_post(std::string_view client_id, std::string_view text) const;

  // Whether this very message was accepted before; the reply then says so.
  template <class Message>
  Result<bool> accepted_before(AccountId author, const Message& message) {
    const auto before = moment_.find_duplicate(author, message.client_id(), message.text());
    if (!before) return tl::unexpected(before.error());
    if (*before) {
      decision_.reply.mutable_published()->set_id(**before);
      decision_.reply.mutable_published()->set_duplicate(true);
    }
    return before->has_value();
  }

  Record& add_record() {
    Record& record = decision_.records.emplace_back();
    record.set_id(moment_.next_id + decision_.records.size() - 1);
    record.set_time_ms(moment_.now_ms);
    return record;
  }
  void done(RecordId id) {
    decision_.reply.mutable_done()->set_id(id);
    decision_.reply.mutable_done()->set_changed(id != 0);
  }
  void end_subscriptions(const Account& account);

  const State& state_;
  const Rules& rules_;
  const Moment& moment_;
  Decision decision_;
  Account created_;  // an author made by this very request
};

Result<const Account*> Deciding::actor(const Request& request) const {
  const auto& who = request.actor();
  if (who.who_case() == wire::Actor::kAddress) {
    const Account* account = state_.find_address(who.address());
    if (!account || !account->open)
      return fail(ErrorCode::kNotJoined, "You have not joined yet: say `join NICK` first.");
    return account;
  }
  if (who.who_case() == wire::Actor::kNick) return person(who.nick());
  return fail(ErrorCode::kBadRequest, "This request names nobody as its actor.");
}

Result<const Account*> Deciding::person(const std::string& nick) const {
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  const Account* account = state_.find_nick(nick);
  if (!account || !account->open)
    return fail(ErrorCode::kUnknown, fmt::format("There is no {} here.", nick));
  return account;
}

// The account a post is by: the actor, or a new one where the request may make it.
Result<const Account*> Deciding::author_of(const Request& request) {
  const auto& nick = request.actor().nick();
  const bool may_create = request.publish().create_author() && moment_.may_create_author &&
                          request.actor().who_case() == wire::Actor::kNick;
  if (!may_create || state_.find_nick(nick)) return actor(request);
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
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
  if (text.find_first_not_of(" \t\n") == std::string_view::npos)
    return fail(ErrorCode::kBadRequest, "There is no text in it.");
  return base::check_text(text, rules_.post_bytes_max);
}

Result<void> Deciding::publish(Request& request) {
  auto& post = *request.mutable_publish();
  if (auto ok = check_post(post.client_id(), post.text()); !ok) return ok;
  const auto author = author_of(request);
  if (!author) return tl::unexpected(author.error());
  if (post.plain() && !(*author)->plain_text_posts)
    return fail(ErrorCode::kUnconfirmed, "Plain text here is a public post.");
  const auto before = accepted_before((*author)->id, post);
  if (!before) return tl::unexpected(before.error());
  if (*before) return {};
  Record& record = add_record();
  record.mutable_post()->set_author((*author)->id);
  record.mutable_post()->set_nick((*author)->nick);
  record.mutable_post()->set_allocated_text(post.release_text());
  record.mutable_post()->set_allocated_client_id(post.release_client_id());
  record.mutable_post()->set_ordinal((*author)->posts + 1);
  decision_.reply.mutable_published()->set_id(record.id());
  return {};
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
    return fail(ErrorCode::kUnknown,
                fmt::format("{} is not on Jabber and cannot get messages.", (*recipient)->nick));
  const auto before = accepted_before((*author)->id, message);
  if (!before) return tl::unexpected(before.error());
  if (*before) return {};
  Record& record = add_record();
  record.mutable_direct()->set_author((*author)->id);
  record.mutable_direct()->set_nick((*author)->nick);
  record.mutable_direct()->set_recipient((*recipient)->id);
  record.mutable_direct()->set_allocated_text(message.release_text());
  record.mutable_direct()->set_allocated_client_id(message.release_client_id());
  decision_.reply.mutable_published()->set_id(record.id());
  return {};
}

Result<void> Deciding::join(const Request& request) {
  const auto& nick = request.join().nick();
  const auto& address = request.actor().address();
  if (request.actor().who_case() != wire::Actor::kAddress)
    return fail(ErrorCode::kBadRequest, "Only a Jabber address can join.");
  if (!valid_nick(nick))
    return fail(ErrorCode::kBadRequest, "A nick is 1 to 20 letters, digits or underscores.");
  auto& joined = *decision_.reply.mutable_joined();
  if (const Account* mine = state_.find_address(address)) {
    if (fold_nick(mine->nick) != fold_nick(nick))
      return fail(ErrorCode::kConflict,
                  mine->open
                      ? fmt::format("You are {} here already.", mine->nick)
                      : fmt::format("You were {} here: say `join {}`.", mine->nick, mine->nick));
    if (!mine->open) add_record().mutable_account_reopened()->set_account(mine->id);
    joined.set_account(mine->id);
    joined.set_nick(mine->nick);
    joined.set_returned(true);
    return {};
  }
  if (state_.find_nick(nick))
    return fail(ErrorCode::kConflict, fmt::format("The nick {} is taken: try another.", nick));
  if (state_.accounts().size() >= rules_.accounts_max)
    return fail(ErrorCode::kConflict, "This service has as many accounts as it takes.");
  const RecordId account = moment_.next_id;
  add_record().mutable_account_created()->set_nick(nick);
  auto& bound = *add_record().mutable_address_bound();
  bound.set_account(account);
  bound.set_address(address);
  joined.set_account(account);
  joined.set_nick(nick);
  return {};
}

void Deciding::end_subscriptions(const Account& account) {
  for (const FollowEdge& edge : account.follows) {
    auto& left = *add_record().mutable_left();
    left.set_follower(account.id);
    left.set_followee(edge.followee);
  }
  for (const TrackEdge& edge : account.tracks) {
    auto& untracked = *add_record().mutable_untracked();
    untracked.set_account(account.id);
    untracked.set_phrase(edge.phrase.canonical());
  }
}

Result<void> Deciding::quit(const Account& account) {
  end_subscriptions(account);
  Record& record = add_record();
  record.mutable_account_closed()->set_account(account.id);
  done(record.id());
  return {};
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

Result<void> Deciding::follow(const Account& account, const std::string& nick) {
  const auto followee = person(nick);
  if (!followee) return tl::unexpected(followee.error());
  if (*followee == &account) return fail(ErrorCode::kBadRequest, "You cannot follow yourself.");
  if (account.find_follow((*followee)->id)) {
    done(0);
    return {};
  }
  if (account.follows.size() >= rules_.follows_per_person)
    return fail(ErrorCode::kConflict,
                fmt::format("You follow {} people already, the most there can "
                            "be: `leave NICK` makes room.",
                            account.follows.size()));
  Record& record = add_record();
  record.mutable_followed()->set_follower(account.id);
  record.mutable_followed()->set_followee((*followee)->id);
  done(record.id());
  return {};
}

Result<void> Deciding::leave(const Account& account, const std::string& nick) {
  const Account* followee = valid_nick(nick) ? state_.find_nick(nick) : nullptr;  // quit or not
  if (!followee) return fail(ErrorCode::kUnknown, "There is nobody of that nick here.");
  if (!account.find_follow(followee->id)) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_left()->set_follower(account.id);
  record.mutable_left()->set_followee(followee->id);
  done(record.id());
  return {};
}

Result<void> Deciding::track(const Account& account, const std::string& phrases) {
  if (auto ok = base::check_text(phrases, phrases.size()); !ok) return ok;
  const auto parsed = track::Phrase::parse_list(phrases);
  if (!parsed) return tl::unexpected(parsed.error());
  const auto is_new = [&](const track::Phrase& p) { return !account.find_track(p.canonical()); };
  const auto added = static_cast<std::size_t>(std::ranges::count_if(*parsed, is_new));
  if (account.tracks.size() + added > rules_.tracks_per_person)
    return fail(
        ErrorCode::kConflict,
        fmt::format("You track {} phrases already and can track {}: `untrack PHRASE` makes room.",
                    account.tracks.size(), rules_.tracks_per_person));
  auto& reply = *decision_.reply.mutable_phrases();
  for (const track::Phrase& phrase : *parsed) {
    auto& line = *reply.add_phrases();
    line.set_text(phrase.canonical());
    if (const TrackEdge* edge = account.find_track(phrase.canonical())) {
      line.set_since(edge->since);
      continue;
    }
    Record& record = add_record();
    record.mutable_tracked()->set_account(account.id);
    record.mutable_tracked()->set_phrase(phrase.canonical());
    line.set_since(record.id());
    line.set_changed(true);
  }
  return {};
}

Result<void> Deciding::untrack(const Account& account, const wire::Untrack& what) {
  std::vector<track::Phrase> phrases;
  if (what.all()) {
    for (const TrackEdge& edge : account.tracks) phrases.push_back(edge.phrase);
  } else {
    auto parsed = track::Phrase::parse_list(what.phrases());
    if (!parsed) return tl::unexpected(parsed.error());
    phrases = std::move(*parsed);
  }
  auto& reply = *decision_.reply.mutable_phrases();
  for (const track::Phrase& phrase : phrases) {
    auto& line = *reply.add_phrases();
    line.set_text(phrase.canonical());
    if (!account.find_track(phrase.canonical())) continue;
    auto& untracked = *add_record().mutable_untracked();
    untracked.set_account(account.id);
    untracked.set_phrase(phrase.canonical());
    line.set_changed(true);
  }
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

Result<void> Deciding::whois(const std::string& nick) {
  const auto account = person(nick);
  if (!account) return tl::unexpected(account.error());
  auto& profile = *decision_.reply.mutable_profile();
  profile.set_nick((*account)->nick);
  profile.set_joined_ms((*account)->created_ms);
  profile.set_follows((*account)->follows.size());
  profile.set_followers((*account)->followers.size());
  profile.set_posts((*account)->posts);
  return {};
}

// Questions a person asks about themselves.
Result<void> Deciding::ask(const Request& request, const Account& account) {
  if (request.has_list_follows() || request.has_list_followers()) {
    auto& names = *decision_.reply.mutable_names();
    const auto add = [&](AccountId id) {
      if (static_cast<std::size_t>(names.nicks_size()) < wire::kNamesMax)
        names.add_nicks(state_.find(id)->nick);
    };
    if (request.has_list_follows()) {
      names.set_total(account.follows.size());
      for (const FollowEdge& edge : account.follows) add(edge.followee);
    } else {
      names.set_total(account.followers.size());
      for (const auto& [since, follower] : account.followers) {
        add(follower);
        if (static_cast<std::size_t>(names.nicks_size()) == wire::kNamesMax) break;
      }
    }
  } else if (request.has_list_tracks()) {
    auto& reply = *decision_.reply.mutable_phrases();
    for (const TrackEdge& edge : account.tracks) {
      auto& line = *reply.add_phrases();
      line.set_text(edge.phrase.canonical());
      line.set_since(edge.since);
    }
  } else {
    auto& numbers = *decision_.reply.mutable_numbers();
    numbers.set_nick(account.nick);
    numbers.set_follows(account.follows.size());
    numbers.set_followers(account.followers.size());
    numbers.set_tracks(account.tracks.size());
    numbers.set_posts(account.posts);
    numbers.set_delivery_on(account.delivery_on);
  }
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
    case Request::kWhois:
      return whois(request.whois().nick());
    default:
      break;
  }
  const auto account = actor(request);
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
      return track(**account, request.track().phrases());
    case Request::kUntrack:
      return untrack(**account, request.untrack());
    case Request::kConfirm:
      return confirm(**account);
    case Request::kListFollows:
    case Request::kListFollowers:
    case Request::kListTracks:
    case Request::kStats:
      return ask(request, **account);
    default:
      return fail(ErrorCode::kBadRequest, "This request cannot be answered here.");
  }
}

}  // namespace

Decision decide(const State& state, const Rules& rules, wire::Request request,
                const Moment& moment) {
  Deciding deciding(state, rules, moment);
  if (auto ok = deciding.run(request); !ok)
    return {.records = {}, .reply = wire::error_reply(ok.error())};
  return deciding.take();
}

}  // namespace bridge::state
