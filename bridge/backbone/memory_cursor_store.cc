#include "bridge/backbone/memory_cursor_store.h"

#include <algorithm>

namespace bridge::backbone {

void MemoryCursorStore::Image::apply(const Checkpoint& checkpoint) {
  for (const auto& row : checkpoint.rows) {
    if (row.clean)
      rows.erase(row.account);
    else
      rows[row.account] = row;
  }
  rest = {checkpoint.position, checkpoint.jobs};
}

base::Result<void> MemoryCursorStore::checkpoint(const Checkpoint& checkpoint, bool sync) {
  if (disk_full_)
    return base::fail(base::ErrorCode::kUnavailable,
                      "The store in memory says: No space left on device.");
  current_.apply(checkpoint);
  if (sync) {
    durable_ = current_;
    unsynced_.clear();
    return {};
  }
  unsynced_.push_back(checkpoint);
  if (unsynced_.size() > kUnsyncedMax) {
    durable_.apply(unsynced_.front());
    unsynced_.erase(unsynced_.begin());
  }
  return {};
}

base::Result<CursorStore::Loaded> MemoryCursorStore::load(
    const std::function<void(const CursorRow&)>& visit) const {
  for (const auto& [account, row] : current_.rows) visit(row);
  return current_.rest;
}

void MemoryCursorStore::crash(std::size_t kept) {
  kept = std::min(kept, unsynced_.size());
  for (std::size_t i = 0; i < kept; ++i) durable_.apply(unsynced_[i]);
  unsynced_.clear();
  current_ = durable_;
}

}  // namespace bridge::backbone
