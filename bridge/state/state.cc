#include "bridge/state/state.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bridge::state {
namespace {

track::Phrase phrase_of_log(std::string_view phrase) {
  auto parsed = track::Phrase::parse(phrase);
  if (!parsed) throw std::logic_error("the log holds a phrase that cannot be read");
  return std::move(*parsed);
}

}  // namespace

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

const Block* Account::find_block(AccountId other) const {
  const auto it = std::ranges::lower_bound(blocks, other, {}, &Block::other);
  return it == blocks.end() || it->other != other ? nullptr : &*it;
}

const Mute* Account::find_mute(std::string_view canonical, base::WallMs now_ms) const {
  const auto it = std::ranges::find_if(mutes, [&](const Mute& mute) {
    return mute.in_force(now_ms) && mute.phrase.canonical() == canonical;
  });
  return it == mutes.end() ? nullptr : &*it;
}

bool Account::has_favourite(RecordId post) const {
  return std::ranges::binary_search(favourites, post);
}

const Repost* Account::find_repost(RecordId post) const {
  const auto it = std::ranges::find(reposts, post, &Repost::post);
  return it == reposts.end() ? nullptr : &*it;
}

bool Account::blocks_now(AccountId other) const {
  const Block* block = find_block(other);
  return block && block->in_force();
}

bool Account::shuts_out(AccountId author, RecordId record) const {
  const Block* block = find_block(author);
  return block && block->covers(record);
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

const std::vector<Repost>& State::reposts_of(RecordId post) const {
  static const std::vector<Repost> kNone;
  const auto it = reposts_.find(post);
  return it == reposts_.end() ? kNone : it->second;
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
  at(account).tracks.push_back({.phrase = phrase_of_log(phrase), .since = since});
  ++tracks_;
}

void State::drop_track(AccountId account, std::string_view phrase) {
  tracks_ -= std::erase_if(
      at(account).tracks, [&](const TrackEdge& edge) { return edge.phrase.canonical() == phrase; });
}

void State::cap_track(AccountId account, std::string_view phrase, std::uint32_t per_hour) {
  auto& tracks = at(account).tracks;
  const auto it = std::ranges::find_if(
      tracks, [&](const TrackEdge& edge) { return edge.phrase.canonical() == phrase; });
  if (it != tracks.end()) it->per_hour = per_hour;
}

void State::set_block(AccountId account, Block block) {
  auto& blocks = at(account).blocks;
  const auto it = std::ranges::lower_bound(blocks, block.other, {}, &Block::other);
  if (it != blocks.end() && it->other == block.other)
    *it = block;
  else
    blocks.insert(it, block);
}

void State::set_mute(AccountId account, Mute mute) {
  auto& mutes = at(account).mutes;
  const auto it = std::ranges::lower_bound(mutes, mute.since, {}, &Mute::since);
  if (it != mutes.end() && it->since == mute.since)
    *it = std::move(mute);
  else
    mutes.insert(it, std::move(mute));
}

// Blocks and mutes: of others, and of words.
void State::apply_exclusion(const Record& record) {
  if (record.has_blocked()) {
    set_block(record.blocked().account(), {.other = record.blocked().other()});
  } else if (record.has_unblocked()) {
    set_block(
        record.unblocked().account(),
        {.other = record.unblocked().other(), .ended = record.id(), .ended_ms = record.time_ms()});
  } else if (record.has_block_forgotten()) {
    const AccountId other = record.block_forgotten().other();
    std::erase_if(at(record.block_forgotten().account()).blocks,
                  [&](const Block& block) { return block.other == other; });
  } else if (record.has_muted()) {
    const auto& muted = record.muted();
    set_mute(muted.account(), {.phrase = phrase_of_log(muted.phrase()),
                               .since = muted.since() != 0 ? muted.since() : record.id(),
                               .until_ms = muted.until_ms()});
  } else if (record.has_unmuted()) {
    const auto& unmuted = record.unmuted();
    set_mute(unmuted.account(), {.phrase = phrase_of_log(unmuted.phrase()),
                                 .since = unmuted.since(),
                                 .until_ms = unmuted.until_ms(),
                                 .ended = record.id(),
                                 .ended_ms = record.time_ms()});
  } else if (record.has_mute_forgotten()) {
    const RecordId since = record.mute_forgotten().since();
    std::erase_if(at(record.mute_forgotten().account()).mutes,
                  [&](const Mute& mute) { return mute.since == since; });
  }
}

// Favourites and reposts: of posts.
void State::apply_liking(const Record& record) {
  if (record.has_favourited()) {
    auto& favourites = at(record.favourited().account()).favourites;
    const RecordId post = record.favourited().post();
    const auto it = std::ranges::lower_bound(favourites, post);
    if (it == favourites.end() || *it != post) favourites.insert(it, post);
  } else if (record.has_unfavourited()) {
    std::erase(at(record.unfavourited().account()).favourites, record.unfavourited().post());
  } else if (record.has_reposted()) {
    const Repost repost{record.id(), record.reposted().post(), record.reposted().account()};
    at(repost.by).reposts.push_back(repost);
    auto& others = reposts_[repost.post];
    others.insert(std::ranges::lower_bound(others, repost.by, {}, &Repost::by), repost);
  } else if (record.has_repost_forgotten()) {
    const AccountId by = record.repost_forgotten().account();
    const RecordId post = record.repost_forgotten().post();
    std::erase_if(at(by).reposts, [&](const Repost& repost) { return repost.post == post; });
    const auto it = reposts_.find(post);
    if (it == reposts_.end()) return;
    std::erase_if(it->second, [&](const Repost& repost) { return repost.by == by; });
    if (it->second.empty()) reposts_.erase(it);
  }
}

void State::apply(const Record& record) {
  head_ = record.id();
  head_ms_ = record.time_ms();
  switch (record.body_case()) {
    case Record::kPost:
      at(record.post().author()).posts = record.post().ordinal();
      at(record.post().author()).last_post = record.id();
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
    case Record::kCapped:
      cap_track(record.capped().account(), record.capped().phrase(), record.capped().per_hour());
      break;
    case Record::kZoneSet:
      at(record.zone_set().account()).zone = record.zone_set().zone();
      break;
    case Record::kBlocked:
    case Record::kUnblocked:
    case Record::kBlockForgotten:
    case Record::kMuted:
    case Record::kUnmuted:
    case Record::kMuteForgotten:
      apply_exclusion(record);
      break;
    case Record::kFavourited:
    case Record::kUnfavourited:
    case Record::kReposted:
    case Record::kRepostForgotten:
      apply_liking(record);
      break;
    case Record::kDirect:
    case Record::BODY_NOT_SET:
      break;
  }
}

}  // namespace bridge::state
