#include "bridge/fanout/post_cache.h"

namespace bridge::fanout {

Prepared::Prepared(RecordPtr r) : record(std::move(r)) {
  if (record->has_post()) post = std::make_unique<const track::Post>(record->post().text());
}

PreparedPtr PostCache::insert(RecordPtr record) {
  const RecordId id = record->id();
  const auto known = entries_.find(id);
  if (known != entries_.end()) return known->second;
  auto prepared = std::make_shared<const Prepared>(std::move(record));
  entries_.emplace(id, prepared);
  order_.push_back(id);
  while (order_.size() > kRecordsMax) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
  return prepared;
}

base::Result<PreparedPtr> PostCache::get(RecordId id) {
  const auto known = entries_.find(id);
  if (known != entries_.end()) return known->second;
  auto records = store_.read(id - 1, kReadRecords, kReadBytes);
  if (!records) return tl::unexpected(records.error());
  PreparedPtr wanted;
  for (RecordPtr& record : *records) {
    const bool hit = record->id() == id;
    PreparedPtr prepared = insert(std::move(record));
    if (hit) wanted = std::move(prepared);
  }
  if (!wanted) return base::fail(base::ErrorCode::kUnknown, "There is no such record in the log.");
  return wanted;
}

}  // namespace bridge::fanout
