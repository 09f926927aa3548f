#include "bridge/state/state.h"

#include <algorithm>
#include <stdexcept>

namespace bridge::state {

std::string fold_nick(std::string_view nick) {
  std::string folded(nick);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return folded;
}

bool valid_nick(std::string_view nick) {
  return !nick.empty() && nick.size() <= 20 && std::ranges::all_of(nick, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

const FollowEdge* Account::find_follow(AccountId followee) const {
  const auto it = std::ranges::find(follows, followee, &FollowEdge::followee);
  return it == follows.end() ? nullptr : &*it;
}

const TrackEdge* Account::find_track(std::string_view canonical) const {
  const auto it = std::ranges::find_if(
      tracks, [&](const TrackEdge& edge) { return edge.phrase.canonical() == canonical; });
  return it == tracks.end() ? nullptr : &*it;
}

const Account* State::find(AccountId id) const {
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : &it->second;
}

const Account* State::find_nick(std::string_view nick) const {
  const auto it = by_nick_.find(fold_nick(nick));
  return it == by_nick_.end() ? nullptr : find(it->second);
}

const Account* State::find_address(std::string_view address) const {
  const auto it = by_address_.find(std::string(address));
  return it == by_address_.end() ? nullptr : find(it->second);
}

// A record about an account that was never created: the log is not what it claims to be.
Account& State::at(AccountId id) {
  const auto it = accounts_.find(id);
  if (it == accounts_.end())
    throw std::logic_error("the log names account " + std::to_string(id) + " which it never made");
  return it->second;
}

void State::add_follow(AccountId follower, AccountId followee, RecordId since) {
  at(follower).follows.push_back({followee, since});
  at(followee).followers.emplace(since, follower);
  ++follows_;
}

void State::drop_follow(AccountId follower, AccountId followee) {
  auto& edges = at(follower).follows;
  const auto it = std::ranges::find(edges, followee, &FollowEdge::followee);
  if (it == edges.end()) return;
  at(followee).followers.erase(it->since);
  edges.erase(it);
  --follows_;
}

void State::add_track(AccountId account, std::string_view phrase, RecordId since) {
  auto parsed = track::Phrase::parse(phrase);
  if (!parsed) throw std::logic_error("the log holds a phrase that cannot be read");
  at(account).tracks.push_back({std::move(*parsed), since});
  ++tracks_;
}

void State::drop_track(AccountId account, std::string_view phrase) {
  tracks_ -= std::erase_if(
      at(account).tracks, [&](const TrackEdge& edge) { return edge.phrase.canonical() == phrase; });
}

void State::apply(const Record& record) {
  head_ = record.id();
  head_ms_ = record.time_ms();
  switch (record.body_case()) {
    case Record::kPost:
      at(record.post().author()).posts = record.post().ordinal();
      break;
    case Record::kAccountCreated: {
      Account& account = accounts_[record.id()];
      account.id = record.id();
      account.nick = record.account_created().nick();
      account.created_ms = record.time_ms();
      account.owed_since = record.id();
      by_nick_[fold_nick(account.nick)] = record.id();
      break;
    }
    case Record::kAccountClosed:
      at(record.account_closed().account()).open = false;
      break;
    case Record::kAccountReopened: {
      Account& account = at(record.account_reopened().account());
      account.open = true;
      account.owed_since = std::max(account.owed_since, record.id());
      break;
    }
    case Record::kAddressBound: {
      Account& account = at(record.address_bound().account());
      account.address = record.address_bound().address();
      account.owed_since = std::max(account.owed_since, record.id());
      by_address_[account.address] = account.id;
      break;
    }
    case Record::kAddressReleased: {
      at(record.address_released().account()).address.clear();
      by_address_.erase(record.address_released().address());
      break;
    }
    case Record::kFollowed:
      add_follow(record.followed().follower(), record.followed().followee(), record.id());
      break;
    case Record::kLeft:
      drop_follow(record.left().follower(), record.left().followee());
      break;
    case Record::kTracked:
      add_track(record.tracked().account(), record.tracked().phrase(), record.id());
      break;
    case Record::kUntracked:
      drop_track(record.untracked().account(), record.untracked().phrase());
      break;
    case Record::kDeliverySwitched:
      at(record.delivery_switched().account()).delivery_on = record.delivery_switched().on();
      break;
    case Record::kPlainTextConfirmed:
      at(record.plain_text_confirmed().account()).plain_text_posts = true;
      break;
    case Record::kDirect:
    case Record::BODY_NOT_SET:
      break;
  }
}

}  // namespace bridge::state
