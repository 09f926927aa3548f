// The part of Fanout that counts what is owed.
#include <algorithm>
#include <utility>

#include "bridge/fanout/fanout.h"

namespace bridge::fanout {

void Fanout::ask(std::uint64_t ticket, const wire::Request& request) {
  if (request.has_more()) return more(ticket, request);
  report_owed(ticket, request.owed().nick());
}

std::vector<Fanout::Answer> Fanout::take_answers() {
  for (FinishedReport& finished : reports_.take()) {
    wire::Reply reply;
    *reply.mutable_owed() = std::move(finished.report);
    answers_.push_back({finished.ticket, std::move(reply)});
  }
  return std::exchange(answers_, {});
}

void Fanout::report_owed(std::uint64_t ticket, const std::string& nick) {
  std::vector<OwedReports::Start> people;
  const auto add = [&](PersonNumber number) {
    if (roll_.find(number)) wake(number);
    RecordId from = position_ + 1;
    for (const backbone::Cursor& cursor : roll_.cursors(number)) {
      if (cursor.floor != 0) from = std::min(from, cursor.floor + 1);
      if (!cursor.again.empty()) from = std::min(from, cursor.again.front());
    }
    if (const auto digest = digests_.find(number); digest != digests_.end())
      from = std::min(from, digest->second.next(0).value_or(from));
    if (from <= position_)
      people.push_back({roll_.account(number).id, roll_.account(number).nick.str(), from});
  };
  if (nick.empty()) {
    for (PersonNumber number = 0; number < roll_.size(); ++number) add(number);
  } else if (const auto* account = state_.find_nick(nick)) {
    add(roll_.number_of(account->id));
  }
  reports_.start(ticket, position_, std::move(people));
}

bool Fanout::outstanding(PersonNumber number, std::size_t cursor, RecordId id) {
  if (roll_.find(number)) return wake(number).pending[cursor].outstanding(id);
  return id > roll_.cursors(number)[cursor].floor;
}

RecordId Fanout::count_owed(AccountId id, RecordId record, wire::OwedEntry& entry) {
  const auto prepared = record <= position_ ? cache_.get(record) : base::Result<PreparedPtr>{};
  if (record > position_ || !prepared) return 0;
  const PersonNumber number = roll_.number_of(id);
  const state::Account& account = roll_.account(number);
  const auto count = [&](std::uint64_t before, auto set) {
    (entry.*set)(before + 1);
    if (entry.oldest() == 0) entry.set_oldest(record);
  };
  if (direct_owed(account, **prepared)) {
    if (outstanding(number, backbone::kDirectCursor, record))
      count(entry.directs(), &wire::OwedEntry::set_directs);
  } else if (holds(number, record)) {
    if (owed(state_, account, **prepared)) count(entry.digested(), &wire::OwedEntry::set_digested);
  } else if (outstanding(number, backbone::kStreamCursor, record)) {
    if (const auto as = owed(state_, account, **prepared)) {
      if (as->kind == Kind::kFollow || as->kind == Kind::kReply)
        count(entry.follows(), &wire::OwedEntry::set_follows);
      else
        count(entry.tracks(), &wire::OwedEntry::set_tracks);
    }
  }
  return record + 1;
}

}  // namespace bridge::fanout
