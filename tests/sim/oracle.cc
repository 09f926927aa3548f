#include "tests/sim/oracle.h"

#include <map>
#include <sstream>

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
  std::set<AccountId> blocks;
  std::map<AccountId, RecordId> unblocked;  // when last
  std::vector<Mute> mutes;
};
using People = std::map<AccountId, Person>;

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

bool subscribed(const Person& person, AccountId author, const std::set<std::string>& words,
                RecordId before) {
  const auto follow = person.follows.find(author);
  if (follow != person.follows.end() && follow->second < before) return true;
  for (const auto& [word, since] : person.tracks)
    if (since < before && words.contains(word)) return true;
  return false;
}

bool blocked(const Person& person, AccountId author, RecordId id) {
  const auto ended = person.unblocked.find(author);
  return person.blocks.contains(author) || (ended != person.unblocked.end() && id < ended->second);
}

bool muted(const Person& person, const std::set<std::string>& words, const Record& record) {
  for (const Mute& mute : person.mutes) {
    const bool then = mute.since < record.id() && (mute.ended == 0 || record.id() < mute.ended) &&
                      (mute.until_ms == 0 || record.time_ms() < mute.until_ms);
    if (then && words.contains(mute.word)) return true;
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

void apply(People& people, const Record& record) {
  apply_block(people, record);
  apply_mute(people, record);
  const RecordId id = record.id();
  switch (record.body_case()) {
    case Record::kAccountCreated:
      people[id].owed_since = id;
      break;
    case Record::kAddressBound:
      people[record.address_bound().account()].address = record.address_bound().address();
      people[record.address_bound().account()].owed_since = id;
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
    case Record::kDeliverySwitched:
      people[record.delivery_switched().account()].delivery_on = record.delivery_switched().on();
      break;
    default:
      break;
  }
}

template <class Visit>
void for_each_owed(const People& people, const Record& record, Visit visit) {
  if (record.has_direct()) {
    const Person& person = people.at(record.direct().recipient());
    if (person.open && !person.address.empty() &&
        !blocked(person, record.direct().author(), record.id()))
      visit(person);
    return;
  }
  const auto words = words_of(record.post().text());
  for (const auto& [account, person] : people) {
    if (account == record.post().author() || !person.open || person.address.empty()) continue;
    if (record.id() > person.owed_since &&
        subscribed(person, record.post().author(), words, record.id()) &&
        !blocked(person, record.post().author(), record.id()) && !muted(person, words, record))
      visit(person);
  }
}

}  // namespace

Owed owed_by(const std::vector<bridge::backbone::RecordPtr>& log) {
  Owed owed;
  People people;
  for (const auto& record : log) {
    if (record->has_post() || record->has_direct())
      for_each_owed(people, *record,
                    [&](const Person& p) { owed.may.emplace(p.address, record->id()); });
    else
      apply(people, *record);
  }
  for (const auto& record : log) {
    if (!record->has_post() && !record->has_direct()) continue;
    for_each_owed(people, *record, [&](const Person& p) {
      if (p.delivery_on) owed.must.emplace(p.address, record->id());
    });
  }
  return owed;
}

}  // namespace tests::sim
