#include "bridge/fanout/pending.h"

#include <algorithm>
#include <limits>

namespace bridge::fanout {
namespace {

constexpr RecordId kNone = std::numeric_limits<RecordId>::max();

bool contains(const auto& sorted, RecordId id) {
  return std::ranges::binary_search(sorted, id);
}

void insert_sorted(auto& sorted, RecordId id) {
  sorted.insert(std::ranges::lower_bound(sorted, id), id);
}

bool erase_sorted(auto& sorted, RecordId id) {
  const auto it = std::ranges::lower_bound(sorted, id);
  if (it == sorted.end() || *it != id) return false;
  sorted.erase(it);
  return true;
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::kDirect:
      return "direct";
    case Kind::kReply:
      return "reply";
    case Kind::kFollow:
      return "follow";
    case Kind::kTrack:
      return "track";
    case Kind::kBacklog:
      return "backlog";
  }
  return "?";
}

bool Pending::plain() const {
  return behind_ && cursor_.floor == *behind_ && queue_.empty() && in_flight_.empty() &&
         cursor_.done.empty() && cursor_.again.empty();
}

void Pending::restore(const backbone::Cursor& cursor, RecordId position) {
  cursor_ = cursor;
  if (cursor_.floor == 0) cursor_.floor = position;
  behind_ = cursor_.floor;
  top_ = position;
}

void Pending::match(Entry entry) {
  if (behind_ && entry.id > *behind_) return;
  const bool late = waits() ? entry.id <= cursor_.floor : entry.id <= top_;
  top_ = std::max(top_, entry.id);
  if (late) return reopen(entry.id);
  if (!waits()) cursor_.floor = entry.id - 1;
  if (room()) {
    const auto after = std::ranges::upper_bound(queue_, entry.id, {}, &Entry::id);
    queue_.insert(after, entry);
    return;
  }
  if (entry.id < queue_.back().id) unqueue();
  behind_ = std::min(behind_.value_or(kNone), entry.id - 1);
}

bool Pending::waits_in_order(RecordId id) const {
  return waits() && id > cursor_.floor && !contains(cursor_.done, id);
}

bool Pending::outstanding(RecordId id) const {
  return waits_in_order(id) || contains(cursor_.again, id);
}

bool Pending::wants(RecordId id) const {
  return waits_in_order(id) && !contains(in_flight_, id);
}

void Pending::read_to(RecordId id, bool end) {
  behind_ = std::max(behind_.value_or(0), id);
  top_ = std::max(top_, id);
  if (end) behind_.reset();
  advance();
}

std::optional<RecordId> Pending::first_again() const {
  const auto it =
      std::ranges::find_if(cursor_.again, [&](RecordId id) { return !contains(again_flies_, id); });
  if (it == cursor_.again.end()) return std::nullopt;
  return *it;
}

std::optional<Pending::Entry> Pending::next(Kind kind) const {
  if (in_flight_.size() + again_flies_.size() >= kInFlightMax) return std::nullopt;
  if (kind == Kind::kDirect || kind == Kind::kBacklog)
    if (const auto id = first_again()) return Entry{.id = *id, .kind = kind, .late = false};
  const auto it = std::ranges::find(queue_, kind, &Entry::kind);
  if (it == queue_.end()) return std::nullopt;
  if (cursor_.done.size() >= kDoneMax && it->id != lowest_waiting()) return std::nullopt;
  return *it;
}

void Pending::sent(RecordId id) {
  if (contains(cursor_.again, id)) return insert_sorted(again_flies_, id);
  std::erase_if(queue_, [&](const Entry& entry) { return entry.id == id; });
  insert_sorted(in_flight_, id);
}

void Pending::withdrawn(RecordId id) {
  if (erase_sorted(cursor_.again, id)) return;
  std::erase_if(queue_, [&](const Entry& entry) { return entry.id == id; });
  finish(id);
}

void Pending::aged(RecordId id) {
  const auto it = std::ranges::find(queue_, id, &Entry::id);
  if (it == queue_.end()) return;
  it->kind = Kind::kBacklog;
  it->late = true;
}

void Pending::skip(RecordId id, RecordId position) {
  if (in_flight(id)) return;
  if (contains(cursor_.again, id) || std::ranges::count(queue_, id, &Entry::id) > 0)
    return withdrawn(id);
  if (!behind_ && id > position) leave(position);
  if (!waits_in_order(id)) return;
  if (cursor_.done.size() < kSkippedMax) insert_sorted(cursor_.done, id);
}

bool Pending::in_flight(RecordId id) const {
  return contains(in_flight_, id) || contains(again_flies_, id);
}

bool Pending::acknowledged(RecordId id) {
  if (erase_sorted(again_flies_, id)) return erase_sorted(cursor_.again, id);
  if (!erase_sorted(in_flight_, id)) return false;
  finish(id);
  return true;
}

bool Pending::returned(RecordId id) {
  if (erase_sorted(again_flies_, id)) return true;
  if (!erase_sorted(in_flight_, id)) return false;
  unqueue();
  behind_ = std::min(behind_.value_or(kNone), id - 1);
  return true;
}

bool Pending::confirmed(RecordId id) {
  if (in_flight(id)) return acknowledged(id);
  if (erase_sorted(cursor_.again, id)) return true;
  if (!waits_in_order(id) || cursor_.done.size() >= kDoneMax) return false;
  std::erase_if(queue_, [&](const Entry& entry) { return entry.id == id; });
  finish(id);
  return true;
}

void Pending::reopen(RecordId id) {
  if (contains(cursor_.again, id)) return;
  if (waits_in_order(id)) finish(id);
  top_ = std::max(top_, id);
  insert_sorted(cursor_.again, id);
  if (cursor_.again.size() > kAgainMax) fall_back();
}

// More came back than can be remembered one by one: rather twice than never.
void Pending::fall_back() {
  const RecordId floor = cursor_.again.front() - 1;
  cursor_.floor = waits() ? std::min(cursor_.floor, floor) : floor;
  std::erase_if(cursor_.done, [&](RecordId id) { return contains(cursor_.again, id); });
  for (const RecordId id : again_flies_) insert_sorted(in_flight_, id);
  unqueue();
  behind_ = std::min(behind_.value_or(kNone), floor);
  cursor_.again.clear();
  again_flies_.clear();
}

void Pending::leave(RecordId position) {
  unqueue();
  if (behind_) return;
  if (!waits()) cursor_.floor = position;
  behind_ = position;
  top_ = std::max(top_, position);
}

void Pending::unqueue() {
  if (queue_.empty()) return;
  behind_ = std::min(behind_.value_or(kNone), queue_.front().id - 1);
  queue_.clear();
}

void Pending::finish(RecordId id) {
  top_ = std::max(top_, id);
  insert_sorted(cursor_.done, id);
  advance();
}

RecordId Pending::lowest_waiting() const {
  RecordId lowest = kNone;
  if (!queue_.empty()) lowest = std::min(lowest, queue_.front().id);
  if (!in_flight_.empty()) lowest = std::min(lowest, in_flight_.front());
  if (behind_) lowest = std::min(lowest, *behind_ + 1);
  return lowest;
}

RecordId Pending::lowest_outstanding() const {
  return cursor_.again.empty() ? lowest_waiting() : std::min(lowest_waiting(), cursor_.again[0]);
}

// The floor rises to just below what is still waiting; ids it passes need no remembering.
void Pending::advance() {
  const RecordId lowest = lowest_waiting();
  if (lowest == kNone) {
    cursor_.floor = 0;
    cursor_.done.clear();
    return;
  }
  cursor_.floor = std::max(cursor_.floor, lowest - 1);
  std::erase_if(cursor_.done, [&](RecordId id) { return id <= cursor_.floor; });
}

}  // namespace bridge::fanout
