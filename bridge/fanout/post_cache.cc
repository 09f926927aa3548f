#include "bridge/fanout/post_cache.h"

namespace bridge::fanout {

Prepared::Prepared(RecordPtr r) : record(std::move(r)) {
  if (record->has_post()) post = std::make_shared<const track::Post>(record->post().text());
}

PreparedPtr PostCache::insert(RecordPtr record) {
  const RecordId id = record->id();
  const auto known = entries_.find(id);
  if (known != entries_.end()) return known->second;
  Prepared prepared(std::move(record));
  if (prepared.incomplete()) return std::make_shared<const Prepared>(std::move(prepared));
  return keep(std::move(prepared));
}

PreparedPtr PostCache::keep(Prepared made) {
  const RecordId id = made.record->id();
  auto prepared = std::make_shared<const Prepared>(std::move(made));
  entries_.emplace(id, prepared);
  order_.push_back(id);
  while (order_.size() > kRecordsMax) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
  return prepared;
}

base::Result<PreparedPtr> PostCache::get(RecordId id) {
  auto found = read(id);
  if (!found || !(*found)->incomplete()) return found;
  const auto original = read((*found)->record->reposted().post());
  const bool lost = !original && original.error().code == base::ErrorCode::kUnknown;
  if (!original && !lost) return tl::unexpected(original.error());
  Prepared whole((*found)->record);
  whole.looked_up = true;
  if (!lost && (*original)->record->has_post()) {
    whole.original = (*original)->record;
    whole.post = (*original)->post;
  }
  return keep(std::move(whole));
}

base::Result<PreparedPtr> PostCache::read(RecordId id) {
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
