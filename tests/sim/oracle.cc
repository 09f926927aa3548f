#include "tests/sim/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "tests/sim/home.h"

namespace tests::sim {
namespace {

using bridge::backbone::AccountId;
using bridge::backbone::Record;
using bridge::backbone::RecordId;

struct Mute {
  std::string word;
  RecordId since = 0;
  RecordId ended = 0;  // 0: not
  bridge::base::WallMs until_ms = 0;
};

struct Person {
  std::string address;
  bool open = true;
  bool delivery_on = true;
  RecordId owed_since = 0;
  std::map<AccountId, RecordId> follows;  // since when
  std::map<std::string, RecordId> tracks;
  std::map<std::string, std::map<RecordId, RecordId>> sleeps;  // from, to (0: still) of a track
  std::set<AccountId> blocks;
  std::map<AccountId, RecordId> unblocked;  // when last
  std::vector<Mute> mutes;
  std::set<RecordId> reposts_forgotten;  // posts: as if they had never passed them on
};
using People = std::map<AccountId, Person>;
using Log = std::vector<bridge::backbone::RecordPtr>;
using Words = std::vector<std::string_view>;

Words words_of(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) words.push_back(word);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return words;
}

bool contains(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// The log, and the words of its posts, which are asked for again and again.
class Posts {
 public:
  explicit Posts(const Log& log) : log_(log), words_(log.size()) {
    for (const auto& record : log)
      if (record->has_post()) words_[record->id() - 1] = words_of(record->post().text());
  }

  const Record& operator[](RecordId id) const { return *log_[id - 1]; }
  const Words& words(RecordId id) const { return words_[id - 1]; }

 private:
  const Log& log_;
  std::vector<Words> words_;  // they stand in the log
};

bool asleep(const Person& person, const std::string& word, RecordId at) {
  const auto sleeps = person.sleeps.find(word);
  if (sleeps == person.sleeps.end()) return false;
  return std::ranges::any_of(sleeps->second, [&](const auto& sleep) {
    return sleep.first < at && (sleep.second == 0 || at < sleep.second);
  });
}

bool subscribed(const Person& person, AccountId author, const Words& words, RecordId before) {
  const auto follow = person.follows.find(author);
  if (follow != person.follows.end() && follow->second < before) return true;
  for (const auto& [word, since] : person.tracks)
    if (since < before && contains(words, word) && !asleep(person, word, before)) return true;
  return false;
}

// Whether a post, and not a repost of it, is theirs, blocks and mutes aside.
bool theirs(AccountId account, const Person& person, RecordId id, const Posts& posts) {
  const Record& post = posts[id];
  return id > person.owed_since && post.post().author() != account &&
         (post.post().reply_author() == account ||
          subscribed(person, post.post().author(), posts.words(id), id));
}

bool follows(const Person& person, AccountId account, RecordId before) {
  const auto follow = person.follows.find(account);
  return follow != person.follows.end() && follow->second < before;
}

// A repost is for those who have the post from nobody else: neither from its author nor from
// somebody who reposted it earlier, and is remembered to have.
bool comes_by_repost(const People& people, AccountId account, const Record& record,
                     const Posts& posts) {
  const Person& person = people.at(account);
  const auto& repost = record.reposted();
  if (repost.author() == account || !follows(person, repost.account(), record.id()) ||
      theirs(account, person, repost.post(), posts))
    return false;
  for (RecordId id = repost.post() + 1; id < record.id(); ++id) {
    const Record& other = posts[id];
    if (!other.has_reposted() || other.reposted().post() != repost.post()) continue;
    const AccountId by = other.reposted().account();
    if (follows(person, by, id) && !people.at(by).reposts_forgotten.contains(repost.post()))
      return false;
  }
  return true;
}

// That a track woke, or was put to sleep, is told as long as nothing newer is to be told of it.
bool still_so(const Person& person, const Record& record) {
  const auto& word = record.has_woken() ? record.woken().phrase() : record.dormant().phrase();
  const auto sleeps = person.sleeps.find(word);
  if (sleeps == person.sleeps.end() || sleeps->second.empty()) return false;
  const auto& [from, to] = *sleeps->second.rbegin();
  return record.has_woken() ? to == record.id() : from == record.id() && to == 0;
}

bool blocked(const Person& person, AccountId author, RecordId id) {
  const auto ended = person.unblocked.find(author);
  return person.blocks.contains(author) || (ended != person.unblocked.end() && id < ended->second);
}

bool muted(const Person& person, const Words& words, const Record& record) {
  for (const Mute& mute : person.mutes) {
    const bool then = mute.since < record.id() && (mute.ended == 0 || record.id() < mute.ended) &&
                      (mute.until_ms == 0 || record.time_ms() < mute.until_ms);
    if (then && contains(words, mute.word)) return true;
  }
  return false;
}

void apply_mute(People& people, const Record& record) {
  if (record.has_muted()) {
    const auto& muted = record.muted();
    auto& mutes = people[muted.account()].mutes;
    for (Mute& mute : mutes)
      if (mute.since == muted.since()) mute.until_ms = muted.until_ms();
    if (muted.since() == 0) mutes.push_back({muted.phrase(), record.id(), 0, muted.until_ms()});
  } else if (record.has_unmuted()) {
    for (Mute& mute : people[record.unmuted().account()].mutes)
      if (mute.since == record.unmuted().since()) mute.ended = record.id();
  }
}

void apply_block(People& people, const Record& record) {
  if (record.has_blocked()) {
    people[record.blocked().account()].blocks.insert(record.blocked().other());
  } else if (record.has_unblocked()) {
    Person& person = people[record.unblocked().account()];
    person.blocks.erase(record.unblocked().other());
    person.unblocked[record.unblocked().other()] = record.id();
  }
}

void apply_sleep(People& people, const Record& record) {
  if (record.has_dormant()) {
    people[record.dormant().account()].sleeps[record.dormant().phrase()][record.id()] = 0;
  } else if (record.has_woken()) {
    auto& sleeps = people[record.woken().account()].sleeps[record.woken().phrase()];
    if (record.woken().forgotten())
      sleeps.erase(record.woken().since());
    else
      sleeps[record.woken().since()] = record.id();
  }
}

void apply(People& people, const Record& record) {
  apply_sleep(people, record);
  apply_block(people, record);
  apply_mute(people, record);
  const RecordId id = record.id();
  switch (record.body_case()) {
    case Record::kAccountCreated:
      people[id].owed_since = id;
      break;
    case Record::kAddressBound:
      people[record.address_bound().account()].address = home_of(record.address_bound().address());
      people[record.address_bound().account()].owed_since = id;
      break;
    case Record::kAddressMoved:
      people[record.address_moved().account()].address = home_of(record.address_moved().to());
      break;
    case Record::kAddressReleased:
      people[record.address_released().account()].address.clear();
      break;
    case Record::kAccountClosed:
      people[record.account_closed().account()].open = false;
      people[record.account_closed().account()].mutes.clear();
      break;
    case Record::kAccountReopened:
      people[record.account_reopened().account()].open = true;
      people[record.account_reopened().account()].owed_since = id;
      break;
    case Record::kFollowed:
      people[record.followed().follower()].follows[record.followed().followee()] = id;
      break;
    case Record::kLeft:
      people[record.left().follower()].follows.erase(record.left().followee());
      break;
    case Record::kTracked:
      people[record.tracked().account()].tracks[record.tracked().phrase()] = id;
      break;
    case Record::kUntracked:
      people[record.untracked().account()].tracks.erase(record.untracked().phrase());
      break;
    case Record::kRepostForgotten:
      people[record.repost_forgotten().account()].reposts_forgotten.insert(
          record.repost_forgotten().post());
      break;
    case Record::kDeliverySwitched:
      people[record.delivery_switched().account()].delivery_on = record.delivery_switched().on();
      break;
    default:
      break;
  }
}

// To one person.
bool notice_owed(AccountId account, const Person& person, const Record& record) {
  const AccountId whose =
      record.has_woken() ? record.woken().account() : record.dormant().account();
  return account == whose && still_so(person, record);
}

bool is_owed(const People& people, const People::value_type& whom, const Record& record,
             const Posts& posts) {
  const auto& [account, person] = whom;
  if (!person.open || person.address.empty()) return false;
  if (is_notice(record)) return notice_owed(account, person, record);
  if (record.has_direct())
    return record.direct().recipient() == account &&
           !blocked(person, record.direct().author(), record.id());
  const AccountId by = record.has_reposted() ? record.reposted().account() : record.post().author();
  const RecordId post = record.has_reposted() ? record.reposted().post() : record.id();
  if (account == by || record.id() <= person.owed_since) return false;
  const bool reached = record.has_reposted() ? comes_by_repost(people, account, record, posts)
                                             : theirs(account, person, post, posts);
  if (!reached || blocked(person, by, record.id()) ||
      blocked(person, posts[post].post().author(), record.id()))
    return false;
  return !muted(person, posts.words(post), record);
}

bool is_delivered(const Record& record) {
  return record.has_post() || record.has_direct() || record.has_reposted() || is_notice(record);
}

}  // namespace

bool is_notice(const Record& record) {
  return (record.has_woken() && !record.woken().forgotten()) ||
         (record.has_dormant() && !record.dormant().told());
}

std::string unfair(const std::vector<bridge::backbone::RecordPtr>& log) {
  struct Word {
    std::map<RecordId, AccountId> listeners;  // by when they began
    std::size_t awake = 0;
    std::optional<std::size_t> cap;
  };
  std::map<std::string, Word> words;
  const auto stands_at = [](const Word& word, AccountId account) {
    std::size_t at = 0;
    for (const auto& [since, listener] : word.listeners) {
      if (listener == account) break;
      ++at;
    }
    return at;
  };
  for (const auto& record : log) {
    if (record->has_tracked()) {
      Word& word = words[record->tracked().phrase()];
      word.listeners.emplace(record->id(), record->tracked().account());
      ++word.awake;  // unless the next record says otherwise
    } else if (record->has_untracked()) {
      Word& word = words[record->untracked().phrase()];
      const std::size_t at = stands_at(word, record->untracked().account());
      if (at < word.awake) --word.awake;
      std::erase_if(word.listeners,
                    [&](const auto& each) { return each.second == record->untracked().account(); });
    } else if (record->has_dormant()) {
      Word& word = words[record->dormant().phrase()];
      const bool newest = stands_at(word, record->dormant().account()) + 1 == word.awake;
      if (!record->dormant().told() && !newest)
        return fmt::format("#{} puts to sleep who is not the newest", record->id());
      --word.awake;
    } else if (record->has_woken() && !record->woken().forgotten()) {
      Word& word = words[record->woken().phrase()];
      if (stands_at(word, record->woken().account()) != word.awake)
        return fmt::format("#{} wakes who is not the oldest", record->id());
      if (word.cap && word.awake >= *word.cap)
        return fmt::format("#{} wakes more than may be awake", record->id());
      ++word.awake;
    } else if (record->has_listeners_capped()) {
      const auto& capped = record->listeners_capped();
      words[capped.phrase()].cap =
          capped.lifted() ? std::nullopt : std::optional<std::size_t>(capped.listeners());
    }
  }
  for (const auto& [text, word] : words)
    if (word.awake != std::min(word.listeners.size(), word.cap.value_or(word.listeners.size())))
      return fmt::format("of {} who track {}, {} are awake in the end", word.listeners.size(), text,
                         word.awake);
  return {};
}

Erased erased_in(const Log& log) {
  Erased erased;
  for (const auto& record : log)
    if (record->has_erased()) erased[record->erased().account()] = record->id();
  return erased;
}

bool went(const Record& record, const Erased& erased) {
  const auto gone = [&](AccountId account) { return erased.contains(account); };
  if (record.has_direct())
    return gone(record.direct().author()) || gone(record.direct().recipient());
  if (record.has_reposted())
    return gone(record.reposted().account()) || gone(record.reposted().author());
  if (record.has_changed()) return gone(record.changed().author());
  return record.has_post() && gone(record.post().author());
}

// What may_bring() is asked of: most records are nothing of the kind, and reposts are many.
bool ends_something(const Record& record) {
  return record.has_left() || record.has_untracked() || record.has_repost_forgotten();
}

// May the record, which has just been applied, have made it owed to somebody that a repost comes?
bool may_bring(const Record& record, AccountId account, const Record& repost) {
  if (record.has_left()) return record.left().follower() == account;
  if (record.has_untracked()) return record.untracked().account() == account;
  return record.has_repost_forgotten() &&
         record.repost_forgotten().post() == repost.reposted().post();
}

// Who is owed a repost can become more when a subscription ends that brought the post itself, or an
// earlier repost is forgotten: who it is judged for at its turn, and that may be any moment from
// then on.
Owed owed_by(const Log& log) {
  Owed owed;
  const Posts posts(log);
  People people;
  Owed::Deliveries then;
  std::vector<std::pair<AccountId, const Record*>> perhaps;
  std::map<RecordId, const Record*> newest_change;  // by post
  for (const auto& record : log) {
    if (record->has_changed()) {
      // What a change concerns is the post as it was posted.
      const Record& about = posts[record->changed().post()];
      newest_change[about.id()] = record.get();
      for (const auto& whom : people)
        if (is_owed(people, whom, about, posts))
          owed.may.emplace(whom.second.address, record->id());
      continue;
    }
    if (!is_delivered(*record) || is_notice(*record)) apply(people, *record);
    if (!is_delivered(*record)) {
      if (!ends_something(*record)) continue;
      for (const auto& [account, repost] : perhaps)
        if (may_bring(*record, account, *repost) &&
            is_owed(people, *people.find(account), *repost, posts))
          owed.may.emplace(people[account].address, repost->id());
      continue;
    }
    for (const auto& whom : people) {
      if (is_owed(people, whom, *record, posts))
        then.emplace(whom.second.address, record->id());
      else if (record->has_reposted())
        perhaps.emplace_back(whom.first, record.get());
    }
  }
  const Erased erased = erased_in(log);
  for (const auto& record : log) {
    if (!is_delivered(*record) || went(*record, erased)) continue;
    // A repost of what was taken back is nothing.
    const auto change =
        newest_change.find(record->has_reposted() ? record->reposted().post() : record->id());
    const bool changed = change != newest_change.end();
    for (const auto& whom : people) {
      if (!is_owed(people, whom, *record, posts)) continue;
      const Person& person = whom.second;
      const bool in_time = then.contains({person.address, record->id()});
      if (!changed || !change->second->changed().deleted()) {
        owed.still.emplace(person.address, record->id());
        if (!in_time)
          owed.late.emplace(person.address, record->id());
        else if (person.delivery_on)
          owed.must.emplace(person.address, record->id());
      }
      if (!in_time || !changed || !record->has_post()) continue;
      owed.still.emplace(person.address, change->second->id());
      if (person.delivery_on) owed.changes[{person.address, change->second->id()}] = record->id();
    }
  }
  owed.may.merge(then);
  return owed;
}

}  // namespace tests::sim
