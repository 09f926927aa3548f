#include "bridge/fanout/post_cache.h"

namespace bridge::fanout {
namespace {

// The objects themselves with their place in the cache, measured; and a post cut into words, for
// each byte of its text (track/post.h).
constexpr std::size_t kRecordBytes = 600;
constexpr std::size_t kCutBytes = 10;

}  // namespace

Prepared::Prepared(RecordPtr r) : record(std::move(r)) {
  bytes = kRecordBytes + record->ByteSizeLong();
  if (!record->has_post()) return;
  post = std::make_shared<const track::Post>(record->post().text());
  bytes += (1 + kCutBytes) * record->post().text().size();
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
  bytes_ += prepared->bytes;
  while (order_.size() > kRecordsMax || (bytes_ > kBytesMax && order_.size() > 1)) {
    const auto oldest = entries_.find(order_.front());
    bytes_ -= oldest->second->bytes;
    entries_.erase(oldest);
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
  ++reads_;
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
