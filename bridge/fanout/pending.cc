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

void Pending::restore(const backbone::Cursor& cursor) {
  cursor_ = cursor;
  behind_ = cursor.floor;
}

void Pending::match(Entry entry, bool reachable) {
  if (behind_) return;
  if (clean()) cursor_ = {.floor = entry.id - 1, .done = {}};
  if (reachable && room())
    queue_.push_back(entry);
  else
    behind_ = entry.id - 1;
}

bool Pending::outstanding(RecordId id) const {
  return !clean() && id > cursor_.floor && !contains(cursor_.done, id);
}

bool Pending::wants(RecordId id) const {
  return outstanding(id) && !contains(in_flight_, id);
}

void Pending::read_to(RecordId id, bool end) {
  behind_ = id;
  if (end) behind_.reset();
  advance();
}

const Pending::Entry* Pending::next(Kind kind) const {
  const auto it = std::ranges::find(queue_, kind, &Entry::kind);
  if (it == queue_.end()) return nullptr;
  if (cursor_.done.size() >= kDoneMax && it->id != lowest_outstanding()) return nullptr;
  return &*it;
}

void Pending::sent(RecordId id) {
  std::erase_if(queue_, [&](const Entry& entry) { return entry.id == id; });
  insert_sorted(in_flight_, id);
}

void Pending::withdrawn(RecordId id) {
  std::erase_if(queue_, [&](const Entry& entry) { return entry.id == id; });
  finish(id);
}

bool Pending::acknowledged(RecordId id) {
  if (!erase_sorted(in_flight_, id)) return false;
  finish(id);
  return true;
}

bool Pending::returned(RecordId id) {
  if (!erase_sorted(in_flight_, id)) return false;
  unqueue();
  behind_ = std::min(behind_.value_or(kNone), id - 1);
  return true;
}

void Pending::unqueue() {
  if (queue_.empty()) return;
  behind_ = std::min(behind_.value_or(kNone), queue_.front().id - 1);
  queue_.clear();
}

void Pending::finish(RecordId id) {
  insert_sorted(cursor_.done, id);
  advance();
}

RecordId Pending::lowest_outstanding() const {
  RecordId lowest = kNone;
  if (!queue_.empty()) lowest = std::min(lowest, queue_.front().id);
  if (!in_flight_.empty()) lowest = std::min(lowest, in_flight_.front());
  if (behind_) lowest = std::min(lowest, *behind_ + 1);
  return lowest;
}

// The floor rises to just below what is still outstanding; ids it passes need no remembering.
void Pending::advance() {
  const RecordId lowest = lowest_outstanding();
  if (lowest == kNone) {
    cursor_ = {};
    return;
  }
  cursor_.floor = std::max(cursor_.floor, lowest - 1);
  std::erase_if(cursor_.done, [&](RecordId id) { return id <= cursor_.floor; });
}

}  // namespace bridge::fanout
