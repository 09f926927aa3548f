#include "bridge/state/state.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bridge/state/lookup.h"
#include "bridge/state/snapshot.h"

namespace bridge::state {
State::State()
    : accounts_(std::make_unique<std::deque<Account>>()),
      lookup_(std::make_unique<Lookup>(*accounts_)) {}

State::State(const Snapshot& snapshot) : State() {
  const std::size_t count = snapshot.accounts().size();
  lookup_->ids.reserve(count);
  lookup_->nicks.reserve(count);
  lookup_->addresses.reserve(count);
  snapshot.for_each_account([this](const Record& record) { apply(record); });
  add_tracks(snapshot);
  snapshot.for_each_other([this](const Record& record) { apply(record); });
}

State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

std::string fold_nick(std::string_view nick) {
  std::string folded(nick);
  std::ranges::transform(folded, folded.begin(), fold);
  return folded;
}

std::string_view domain_of(std::string_view address) {
  return address.substr(address.find('@') + 1);  // npos + 1 is 0
}

bool valid_nick(std::string_view nick) {
  return !nick.empty() && nick.size() <= 20 && std::ranges::all_of(nick, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

const Account* State::find(AccountId id) const {
  return look_up(*accounts_, lookup_->ids, id);
}

const Account* State::find_nick(std::string_view nick) const {
  return look_up(*accounts_, lookup_->nicks, nick);
}

const Account* State::find_address(std::string_view address) const {
  return look_up(*accounts_, lookup_->addresses, address);
}

std::string_view State::name_of(AccountId account, std::string_view then) const {
  const Account* known = find(account);
  return known && !then.empty() ? known->nick.view() : then;
}

const std::vector<Repost>& State::reposts_of(RecordId post) const {
  static const std::vector<Repost> kNone;
  const auto it = reposts_.find(post);
  return it == reposts_.end() ? kNone : it->second;
}

// A record about an account that was never created: the log is not what it claims to be.
Account& State::at(AccountId id) {
  const auto it = lookup_->ids.find(id);
  if (it == lookup_->ids.end())
    throw std::logic_error("the log names account " + std::to_string(id) + " which it never made");
  return (*accounts_)[*it];
}

Account::Rare& State::rare(Account& account) {
  if (!account.rare) account.rare = std::make_unique<Account::Rare>();
  return *account.rare;
}

void State::make_account(const Record& record) {
  Account& account = accounts_->emplace_back();
  account.id = record.id();
  account.number = static_cast<PersonNumber>(accounts_->size() - 1);
  account.nick = record.account_created().nick();
  account.created_ms = record.time_ms();
  account.owe_after(record.id());
  lookup_->ids.insert(account.number);
  // Whoever was called so had another name by then: what says so may be compacted into a later one.
  lookup_->nicks.erase(account.nick.view());
  lookup_->nicks.insert(account.number);
}

// The set knows an account by the nick that it has, so it leaves the set while that changes.
void State::rename(Account& account, const Record& record) {
  const std::string& nick = record.renamed().nick();
  auto& nicks = lookup_->nicks;
  if (find_nick(account.nick) == &account) nicks.erase(account.number);
  account.nick = nick;
  nicks.erase(nick);
  nicks.insert(account.number);
  rare(account).renamed_ms = record.time_ms();
}

bool State::held(const Account& account) const {
  return order_.is_suspended(account.id) ||
         (!account.address.empty() && order_.is_banned(domain_of(account.address)));
}

// The set knows an account by the address that it has, so it leaves the set while that changes.
void State::set_address(Account& account, std::string_view address) {
  auto& addresses = lookup_->addresses;
  const auto tracks = static_cast<std::int64_t>(account.tracks.size());
  count_tracks(account.address, -tracks);
  count_tracks(address, tracks);
  if (find_address(account.address) == &account) addresses.erase(account.number);
  account.address = address;
  if (address.empty()) return;
  addresses.erase(address);
  addresses.insert(account.number);
}

void State::add_follow(AccountId follower, AccountId followee, RecordId since) {
  Account& account = at(follower);
  account.follows.push_back({followee, since});
  rare(at(followee)).followers.add(since, account.number);
  ++follows_;
}

void State::drop_follow(AccountId follower, AccountId followee) {
  auto& edges = at(follower).follows;
  const auto it = std::ranges::find(edges, followee, &FollowEdge::followee);
  if (it == edges.end()) return;
  rare(at(followee)).followers.remove(it->since);
  edges.erase(it);
  --follows_;
}

void State::count_tracks(std::string_view address, std::int64_t by) {
  if (by == 0 || address.empty()) return;
  const std::string_view domain = domain_of(address);
  auto at = by_domain_.find(domain);
  if (at == by_domain_.end()) at = by_domain_.emplace(domain, 0).first;
  at->second += static_cast<std::uint64_t>(by);
  if (at->second == 0) by_domain_.erase(at);
}

std::uint64_t State::tracks_of_domain(std::string_view domain) const {
  const auto at = by_domain_.find(domain);
  return at == by_domain_.end() ? 0 : at->second;
}

void State::add_track(AccountId id, std::string_view phrase, RecordId since) {
  Account& account = at(id);
  Word& word = words_.use(phrase);
  word.listeners.add(since, account.number);
  account.tracks.push_back({.phrase = &word.phrase, .since = since});
  count_tracks(account.address, 1);
  ++tracks_;
}

TrackEdge* State::track_of(AccountId account, std::string_view phrase) {
  auto& tracks = at(account).tracks;
  const auto it = std::ranges::find_if(
      tracks, [&](const TrackEdge& edge) { return edge.phrase->canonical() == phrase; });
  return it == tracks.end() ? nullptr : &*it;
}

void State::add_tracks(const Snapshot& snapshot) {
  const track::PhraseTable& table = snapshot.phrases();
  std::vector<const track::Phrase*> phrases(table.size());
  words_.reserve(table.size());
  for (std::size_t i = 0; i < table.size(); ++i)
    if (const auto listeners = snapshot.listeners()[i]; !listeners.empty())
      phrases[i] = &words_.add(track::Phrase::of_canonical(table[i]), listeners).phrase;
  const auto tracks = snapshot.tracks();
  for (std::size_t begin = 0, end = 0; begin < tracks.size(); begin = end) {
    while (end < tracks.size() && tracks[end].who == tracks[begin].who) ++end;
    Account& account = (*accounts_)[tracks[begin].who];
    account.tracks.reserve(end - begin);
    for (const track::Subscription& each : tracks.subspan(begin, end - begin))
      account.tracks.push_back({.phrase = phrases[each.phrase], .since = each.number});
  }
  tracks_ = tracks.size();  // they are counted by domain when addresses are known
}

void State::drop_track(AccountId id, std::string_view phrase) {
  const TrackEdge* edge = track_of(id, phrase);
  if (!edge) return;
  Account& account = at(id);
  Word& word = *words_.find(phrase);
  word.listeners.remove(edge->since);
  account.tracks.erase(edge);
  end_sleeps(account, word);
  words_.release(word);
  count_tracks(account.address, -1);
  --tracks_;
}

// With their track, at once: between that and the records that say so it must be clear who is
// awake.
void State::end_sleeps(Account& account, Word& word) {
  if (!account.rare) return;
  std::size_t open = 0;
  const std::size_t ended = account.rare->sleeps.erase_if([&](const Sleep& sleep) {
    if (sleep.phrase != &word.phrase) return false;
    open += sleep.ended == 0 ? 1 : 0;
    return true;
  });
  words_.set_asleep(word, word.asleep - open);
  for (std::size_t n = 0; n < ended; ++n) words_.release(word);
}

void State::set_sleep(AccountId id, std::string_view phrase, Sleep sleep) {
  if (!track_of(id, phrase)) return;
  auto& sleeps = rare(at(id)).sleeps;
  Word& word = words_.use(phrase);
  sleep.phrase = &word.phrase;
  const auto it = std::ranges::lower_bound(sleeps, sleep.since, {}, &Sleep::since);
  const bool known = it != sleeps.end() && it->since == sleep.since;
  const bool was_asleep = known && it->ended == 0;
  if (known) {
    *it = sleep;
    words_.release(word);
  } else {
    sleeps.insert(it, sleep);
  }
  words_.set_asleep(word, word.asleep + (sleep.ended == 0 ? 1 : 0) - (was_asleep ? 1 : 0));
}

void State::drop_sleep(AccountId id, RecordId since) {
  auto& sleeps = rare(at(id)).sleeps;
  const auto it = std::ranges::find(sleeps, since, &Sleep::since);
  if (it == sleeps.end()) return;
  Word& word = *words_.find(it->phrase->canonical());
  if (it->ended == 0) words_.set_asleep(word, word.asleep - 1);
  sleeps.erase(it);
  words_.release(word);
}

// Who of those who track a word is awake.
void State::apply_listeners(const Record& record) {
  if (record.has_dormant()) {
    set_sleep(record.dormant().account(), record.dormant().phrase(), {.since = record.id()});
  } else if (record.has_woken()) {
    const auto& woken = record.woken();
    if (woken.forgotten())
      drop_sleep(woken.account(), woken.since());
    else
      set_sleep(woken.account(), woken.phrase(), {.since = woken.since(), .ended = record.id()});
  } else if (record.has_listeners_capped()) {
    const auto& capped = record.listeners_capped();
    words_.set_cap(capped.phrase(),
                   capped.lifted() ? std::nullopt : std::optional(capped.listeners()));
  }
}

void State::set_block(AccountId account, Block block) {
  auto& blocks = rare(at(account)).blocks;
  const auto it = std::ranges::lower_bound(blocks, block.other, {}, &Block::other);
  if (it != blocks.end() && it->other == block.other)
    *it = block;
  else
    blocks.insert(it, block);
}

void State::set_mute(AccountId account, std::string_view phrase, Mute mute) {
  auto& mutes = rare(at(account)).mutes;
  mute.phrase = &words_.use(phrase).phrase;
  const auto it = std::ranges::lower_bound(mutes, mute.since, {}, &Mute::since);
  if (it != mutes.end() && it->since == mute.since) {
    words_.release(*words_.find(it->phrase->canonical()));
    *it = mute;
  } else {
    mutes.insert(it, mute);
  }
}

void State::drop_mute(AccountId account, RecordId since) {
  auto& mutes = rare(at(account)).mutes;
  const auto it = std::ranges::find(mutes, since, &Mute::since);
  if (it == mutes.end()) return;
  words_.release(*words_.find(it->phrase->canonical()));
  mutes.erase(it);
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
    rare(at(record.block_forgotten().account())).blocks.erase_if([&](const Block& block) {
      return block.other == other;
    });
  } else if (record.has_muted()) {
    const auto& muted = record.muted();
    set_mute(
        muted.account(), muted.phrase(),
        {.since = muted.since() != 0 ? muted.since() : record.id(), .until_ms = muted.until_ms()});
  } else if (record.has_unmuted()) {
    const auto& unmuted = record.unmuted();
    set_mute(unmuted.account(), unmuted.phrase(),
             {.since = unmuted.since(),
              .until_ms = unmuted.until_ms(),
              .ended = record.id(),
              .ended_ms = record.time_ms()});
  } else if (record.has_mute_forgotten()) {
    drop_mute(record.mute_forgotten().account(), record.mute_forgotten().since());
  }
}

// Favourites and reposts: of posts.
void State::apply_liking(const Record& record) {
  if (record.has_favourited()) {
    auto& favourites = rare(at(record.favourited().account())).favourites;
    const RecordId post = record.favourited().post();
    const auto it = std::ranges::lower_bound(favourites, post);
    if (it == favourites.end() || *it != post) favourites.insert(it, post);
  } else if (record.has_unfavourited()) {
    rare(at(record.unfavourited().account())).favourites.erase_if([&](RecordId post) {
      return post == record.unfavourited().post();
    });
  } else if (record.has_reposted()) {
    const Repost repost{record.id(), record.reposted().post(), record.reposted().account()};
    rare(at(repost.by)).reposts.push_back(repost);
    auto& others = reposts_[repost.post];
    others.insert(std::ranges::lower_bound(others, repost.by, {}, &Repost::by), repost);
  } else if (record.has_repost_forgotten()) {
    const AccountId by = record.repost_forgotten().account();
    const RecordId post = record.repost_forgotten().post();
    rare(at(by)).reposts.erase_if([&](const Repost& repost) { return repost.post == post; });
    const auto it = reposts_.find(post);
    if (it == reposts_.end()) return;
    std::erase_if(it->second, [&](const Repost& repost) { return repost.by == by; });
    if (it->second.empty()) reposts_.erase(it);
  }
}

void State::apply(const Record& record) {
  switch (record.body_case()) {
    case Record::kPost:
      at(record.post().author()).posts = static_cast<std::uint32_t>(record.post().ordinal());
      at(record.post().author()).last_post = record.id();
      break;
    case Record::kAccountCreated:
      make_account(record);
      break;
    case Record::kAccountClosed:
      at(record.account_closed().account()).open = false;
      break;
    case Record::kAccountReopened: {
      Account& account = at(record.account_reopened().account());
      account.open = true;
      account.owe_after(record.id());
      break;
    }
    case Record::kAddressBound: {
      Account& account = at(record.address_bound().account());
      set_address(account, record.address_bound().address());
      account.owe_after(record.id());
      break;
    }
    case Record::kAddressReleased:
      set_address(at(record.address_released().account()), {});
      break;
    case Record::kAddressMoved: {
      Account& account = at(record.address_moved().account());
      set_address(account, record.address_moved().to());
      account.owe_after(record.address_moved().owed_after());
      order_.apply(record);
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
      if (auto* edge = track_of(record.capped().account(), record.capped().phrase()))
        edge->per_hour = record.capped().per_hour();
      break;
    case Record::kZoneSet:
      rare(at(record.zone_set().account())).zone = record.zone_set().zone();
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
    case Record::kDormant:
    case Record::kWoken:
    case Record::kListenersCapped:
      apply_listeners(record);
      break;
    case Record::kRenamed:
      rename(at(record.renamed().account()), record);
      break;
    case Record::kSuspended:
    case Record::kRestored:
    case Record::kOperatorNamed:
    case Record::kDomainBanned:
    case Record::kNickReserved:
    case Record::kRegistrationSet:
    case Record::kAnnounced:
    case Record::kAudited:
      order_.apply(record);
      break;
    case Record::kLimitChanged:  // bridge/limits/limits.h
    case Record::kTold:
    case Record::kDirect:
    case Record::kChanged:
    case Record::kErased:
    case Record::BODY_NOT_SET:
      break;
  }
}

}  // namespace bridge::state
