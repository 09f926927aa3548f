#include "bridge/backbone/memory_store.h"

#include <algorithm>

#include "bridge/backbone/amend.h"
#include "bridge/backbone/compaction.h"
#include "bridge/backbone/record_codec.h"
#include "bridge/backbone/require.h"

namespace bridge::backbone {
namespace {

auto disk_full() {
  return base::fail(base::ErrorCode::kUnavailable,
                    "The store in memory says: No space left on device.");
}

}  // namespace

MemoryStore::MemoryStore(std::chrono::milliseconds dedupe_window) : dedupe_window_(dedupe_window) {}

base::Result<void> MemoryStore::append(std::span<const RecordPtr> records) {
  RecordId newest = head();
  for (const auto& record : records)
    require(record->id() == ++newest, "ids continue the log densely");
  if (stopped_) return disk_full();
  if (disk_full_) {
    stopped_ = true;
    if (refused_batch_ == RefusedBatch::kOnDisk) on_disk_.assign(records.begin(), records.end());
    return disk_full();
  }
  const std::lock_guard lock(mutex_);
  commit(records);
  return {};
}

void MemoryStore::commit(std::span<const RecordPtr> records) {
  for (const auto& record : records) {
    const RecordId id = record->id();
    log_.push_back(record);
    for (const RecordId old : amended_ids(*record))
      log_[old - 1] = std::make_shared<const Record>(amended(*log_[old - 1], *record));
    if (record->has_erased()) erasures_.add(record->erased().account(), id);
    newest_ms_ = std::max(newest_ms_, record->time_ms());
    if (auto key = dedupe_key(*record)) dedupe_[std::move(*key)] = {id, record->time_ms()};
    if (const auto account = addressee(*record)) directs_[*account].push_back(id);
    if (auto change = state_change(*record)) {
      if (!change->also_erased.empty()) state_.erase(change->also_erased);
      if (change->erases)
        state_.erase(change->key);
      else
        state_[std::move(change->key)] = id;
    }
  }
  head_.store(log_.size(), std::memory_order_release);
}

base::Result<void> MemoryStore::resume() {
  if (disk_full_) return disk_full();
  stopped_ = false;
  on_disk_.clear();
  return {};
}

void MemoryStore::fill_disk(RefusedBatch batch) {
  disk_full_ = true;
  refused_batch_ = batch;
}

void MemoryStore::free_disk() {
  disk_full_ = false;
}

void MemoryStore::crash() {
  const std::lock_guard lock(mutex_);
  commit(on_disk_);
  on_disk_.clear();
  stopped_ = false;
}

base::Result<std::vector<RecordPtr>> MemoryStore::read(RecordId after, std::size_t records_max,
                                                       std::size_t bytes_max) const {
  const std::lock_guard lock(mutex_);
  std::vector<RecordPtr> records;
  std::size_t bytes = 0;
  for (auto id = after; id < log_.size() && records.size() < records_max; ++id) {
    bytes += encoded_size(*log_[id]);
    if (bytes > bytes_max && !records.empty()) break;
    records.push_back(erasures_.left_of(log_[id]));
  }
  return records;
}

base::Result<std::vector<RecordId>> MemoryStore::read_directs(AccountId recipient, RecordId after,
                                                              std::size_t max) const {
  const std::lock_guard lock(mutex_);
  const auto found = directs_.find(recipient);
  if (found == directs_.end()) return std::vector<RecordId>();
  const auto& ids = found->second;
  const auto first = std::ranges::upper_bound(ids, after);
  const auto count = std::min(max, static_cast<std::size_t>(ids.end() - first));
  return std::vector<RecordId>(first, first + static_cast<std::ptrdiff_t>(count));
}

base::Result<std::optional<RecordId>> MemoryStore::find_duplicate(const PublishKey& publish,
                                                                  base::WallMs now_ms) const {
  const std::lock_guard lock(mutex_);
  if (publish.client_id.empty()) return std::optional<RecordId>();
  const auto found = dedupe_.find(dedupe_key(publish));
  if (found == dedupe_.end()) return std::optional<RecordId>();
  const auto [id, time_ms] = found->second;
  if (!within_window(time_ms, std::max(now_ms, newest_ms_), dedupe_window_) ||
      !is_same_publish(*log_[id - 1], publish))
    return std::optional<RecordId>();
  return std::optional<RecordId>(id);
}

base::Result<void> MemoryStore::expire(const Expiry& expiry) {
  if (stopped_ || disk_full_) return disk_full();
  const std::lock_guard lock(mutex_);
  for (const Expiry::Each& each : expiry.records) {
    RecordPtr& record = log_[each.record - 1];
    record = std::make_shared<const Record>(expired(*record, each.caught));
  }
  expired_to_.store(expiry.to);
  return {};
}

RecordId MemoryStore::expired_to() const {
  return expired_to_.load();
}

base::Result<void> MemoryStore::erase_some(std::size_t records_max) {
  if (stopped_ || disk_full_) return disk_full();
  const std::lock_guard lock(mutex_);
  if (erasures_.none()) return {};
  const Erasures::Step step = erasures_.next(records_max);
  for (RecordId id = step.after + 1; id <= step.to; ++id) {
    RecordPtr& record = log_[id - 1];
    if (!concerns(*record, step.account)) continue;
    if (const auto key = dedupe_key(*record)) dedupe_.erase(*key);
    record = std::make_shared<const Record>(without(*record, step.account));
  }
  erasures_.done(step);
  return {};
}

std::uint64_t MemoryStore::to_erase() const {
  const std::lock_guard lock(mutex_);
  return erasures_.left();
}

base::Result<void> MemoryStore::read_state(const StateRange& range,
                                           const std::function<void(const Record&)>& visit) const {
  std::vector<Record> records;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = state_.lower_bound(range.from);
         at != state_.end() && (range.to.empty() || at->first < range.to); ++at)
      records.push_back(state_record(*log_[at->second - 1]));
  }
  for (const auto& record : records) visit(record);
  return {};
}

}  // namespace bridge::backbone
