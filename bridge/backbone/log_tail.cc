#include "bridge/backbone/log_tail.h"

#include <algorithm>

namespace bridge::backbone {

LogTail::LogTail(const Store& store, RecordId position)
    : store_(store), mailbox_(kBatchesMax), position_(position) {}

void LogTail::offer(RecordBatch batch) {
  if (!mailbox_.push(std::move(batch))) overflowed_.store(true, std::memory_order_release);
}

base::Result<std::vector<RecordPtr>> LogTail::from_store(std::size_t max) {
  auto records = store_.read(position_, max, kReadBytesMax);
  if (!records) return records;
  if (records->empty())
    behind_ = false;
  else
    position_ = records->back()->id();
  return records;
}

base::Result<std::vector<RecordPtr>> LogTail::next(std::size_t max) {
  if (pending_.empty()) {
    drained_.clear();
    mailbox_.drain(drained_, kBatchesMax);
    pending_.assign(drained_.begin(), drained_.end());
  }
  // What was left out lies behind everything that was in the mailbox at the time.
  if (overflowed_.exchange(false, std::memory_order_acquire)) behind_ = true;
  while (!pending_.empty() && pending_.front()->back()->id() <= position_) pending_.pop_front();
  if (pending_.empty()) return behind_ ? from_store(max) : std::vector<RecordPtr>{};
  const std::vector<RecordPtr>& batch = *pending_.front();
  const RecordId first = batch.front()->id();
  if (first > position_ + 1) return from_store(std::min<std::size_t>(max, first - 1 - position_));
  const auto begin = batch.begin() + static_cast<std::ptrdiff_t>(position_ + 1 - first);
  const auto count = std::min<std::size_t>(max, static_cast<std::size_t>(batch.end() - begin));
  std::vector<RecordPtr> records(begin, begin + static_cast<std::ptrdiff_t>(count));
  position_ = records.back()->id();
  return records;
}

}  // namespace bridge::backbone
