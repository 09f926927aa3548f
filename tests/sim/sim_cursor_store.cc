#include "tests/sim/sim_cursor_store.h"

#include <algorithm>
#include <map>
#include <string>

#include "tests/sim/home.h"

namespace tests::sim {

using namespace bridge::backbone;  // NOLINT(google-build-using-namespace)
namespace base = bridge::base;

namespace {

void insert_sorted(std::vector<RecordId>& ids, RecordId id) {
  const auto at = std::ranges::lower_bound(ids, id);
  if (at == ids.end() || *at != id) ids.insert(at, id);
}

// The numbers of those who listened to `list` when the log ended at `position`: of a phrase, or of
// the followers of `author`.
std::vector<std::uint64_t> list_at(const std::vector<RecordPtr>& log, RecordId position,
                                   const std::string& list, AccountId author) {
  std::map<AccountId, std::uint64_t> numbers;
  for (const RecordPtr& record : log) {
    if (record->id() > position) break;
    if (list.empty() && record->has_followed() && record->followed().followee() == author)
      numbers[record->followed().follower()] = record->id();
    if (list.empty() && record->has_left() && record->left().followee() == author)
      numbers.erase(record->left().follower());
    if (record->has_tracked() && record->tracked().phrase() == list)
      numbers[record->tracked().account()] = record->id();
    if (record->has_untracked() && record->untracked().phrase() == list)
      numbers.erase(record->untracked().account());
  }
  std::vector<std::uint64_t> sorted;
  for (const auto& [account, number] : numbers) sorted.push_back(number);
  std::ranges::sort(sorted);
  return sorted;
}

// Mutant: a job's place is an index, and whoever left the list in front of it moves it on.
void take_for_index(JobRow& row, RecordId saved_at, const std::vector<RecordPtr>& log) {
  if (row.reached == 0) return;
  const std::string& list = row.lists[row.at];
  const AccountId author = log[row.post - 1]->post().author();
  const auto then = list_at(log, saved_at, list, author);
  const auto now = list_at(log, log.size(), list, author);
  const auto index = static_cast<std::size_t>(
      std::ranges::count_if(then, [&](auto number) { return number <= row.reached; }));
  if (index > 0 && !now.empty()) row.reached = now[std::min(index, now.size()) - 1];
}

// Mutant: a job knows of no list but those it has yet to go through.
void forget_lists(JobRow& row) {
  row.lists.erase(row.lists.begin(), row.lists.begin() + static_cast<std::ptrdiff_t>(row.at));
  row.at = 0;
}

// Mutant: the line still counts it.
void forget_one(DigestRow& digest) {
  if (!digest.singles.empty()) {
    digest.singles.erase(digest.singles.begin());
  } else if (!digest.stretches.empty()) {
    Stretch& first = digest.stretches.front();
    if (first.after + 1 < first.to) ++first.after;
  }
}

}  // namespace

// Mutant: what is sent is saved as arrived.
void SimCursorStore::forget_what_flies(Checkpoint& checkpoint) const {
  std::map<AccountId, std::string> addresses;
  for (const RecordPtr& record : log_.all())
    if (record->has_address_bound())
      addresses[record->address_bound().account()] = home_of(record->address_bound().address());
  for (CursorRow& row : checkpoint.rows) {
    for (const RecordId id : book_.on_the_way(addresses[row.account])) {
      for (Cursor& cursor : row.cursors) {
        if (cursor.floor != 0 && id > cursor.floor) insert_sorted(cursor.done, id);
        std::erase(cursor.again, id);
      }
    }
  }
}

base::Result<void> SimCursorStore::checkpoint(const Checkpoint& checkpoint, bool sync) {
  if (mutant_ == Mutant::kNone) return store_.checkpoint(checkpoint, sync);
  Checkpoint written = checkpoint;
  if (mutant_ == Mutant::kCursorOffByOne)
    for (CursorRow& row : written.rows)
      for (Cursor& cursor : row.cursors)
        if (cursor.floor != 0) ++cursor.floor;
  if (mutant_ == Mutant::kCheckpointBeforeAck) forget_what_flies(written);
  if (mutant_ == Mutant::kDigestForgetsOne)
    for (CursorRow& row : written.rows) forget_one(row.digest);
  if (mutant_ == Mutant::kReturnedForgotten)
    for (CursorRow& row : written.rows)
      for (Cursor& cursor : row.cursors)
        if (!cursor.again.empty()) cursor.again.erase(cursor.again.begin());
  if (mutant_ == Mutant::kTwiceFromTwoLists) std::ranges::for_each(written.jobs, forget_lists);
  return store_.checkpoint(written, sync);
}

base::Result<CursorStore::Loaded> SimCursorStore::load(
    const std::function<void(const CursorRow&)>& visit) const {
  auto loaded = store_.load(visit);
  if (loaded && mutant_ == Mutant::kCompactionMovesJob) {
    const auto log = log_.all();
    for (JobRow& row : loaded->jobs) take_for_index(row, loaded->position, log);
  }
  return loaded;
}

}  // namespace tests::sim
