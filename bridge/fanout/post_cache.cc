#include "bridge/fanout/post_cache.h"

#include <algorithm>

#include "bridge/backbone/amend.h"

namespace bridge::fanout {
namespace {

// The objects themselves with their place in the cache, measured; and a post cut into words, for
// each byte of its text (track/post.h).
constexpr std::size_t kRecordBytes = 600;
constexpr std::size_t kCutBytes = 10;

}  // namespace

Prepared::Prepared(RecordPtr r) : record(std::move(r)) {
  bytes = kRecordBytes + record->ByteSizeLong();
  if (!record->has_post() || record->post().changed_by() != 0 || record->post().deleted()) return;
  post = std::make_shared<const track::Post>(record->post().text());
  bytes += (1 + kCutBytes) * record->post().text().size();
}

backbone::AccountId Prepared::author() const {
  if (changes()) return record->changed().author();
  return record->has_reposted() ? record->reposted().author() : record->post().author();
}

backbone::AccountId Prepared::passed_on_by() const {
  return record->has_reposted() ? record->reposted().account() : author();
}

backbone::AccountId Prepared::reply_author() const {
  return changes() ? record->changed().reply_author() : record->post().reply_author();
}

base::WallMs Prepared::posted_ms() const {
  return changes() ? record->changed().posted_ms() : record->time_ms();
}

std::string_view Prepared::nick() const {
  return changes() ? record->changed().nick() : words().post().nick();
}

std::string_view Prepared::text() const {
  if (announces()) return record->announced().text();
  return changes() ? record->changed().text() : words().post().text();
}

bool Prepared::gone() const {
  if (changes()) return record->changed().superseded_by() != 0;
  if (record->has_reposted())
    return record->reposted().deleted() || (looked_up && (!original || original->post().deleted()));
  return record->post().deleted();
}

const google::protobuf::RepeatedPtrField<std::string>& Prepared::caught() const {
  return changes() ? record->changed().caught() : words().post().caught();
}

bool Prepared::catches(const track::Phrase& phrase) const {
  return post ? phrase.matches(*post) : std::ranges::binary_search(caught(), phrase.canonical());
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

void PostCache::replace(PreparedPtr& known, Prepared now) {
  bytes_ += now.bytes - known->bytes;
  known = std::make_shared<const Prepared>(std::move(now));
}

void PostCache::amend(const backbone::Record& record) {
  const auto made = [&](const backbone::Record& old) {
    return std::make_shared<const backbone::Record>(backbone::amended(old, record));
  };
  for (const RecordId id : backbone::amended_ids(record))
    if (const auto known = entries_.find(id); known != entries_.end())
      replace(known->second, Prepared(made(*known->second->record)));
  if (record.has_erased()) return erase(record.erased().account());
  if (!record.has_changed()) return;
  for (auto& [id, known] : entries_)
    if (known->original && known->original->id() == record.changed().post())
      replace_original(known, made(*known->original));
}

void PostCache::replace_original(PreparedPtr& known, RecordPtr original) {
  Prepared now(known->record);
  now.looked_up = true;
  now.original = std::move(original);
  replace(known, std::move(now));
}

void PostCache::erase(backbone::AccountId erased) {
  const auto left = [&](const backbone::Record& old) {
    return std::make_shared<const backbone::Record>(backbone::without(old, erased));
  };
  for (auto& [id, known] : entries_) {
    const bool itself = backbone::concerns(*known->record, erased);
    const bool original = known->original && backbone::concerns(*known->original, erased);
    if (!itself && !original) continue;
    Prepared now(itself ? left(*known->record) : known->record);
    now.looked_up = known->looked_up;
    if (known->original) now.original = original ? left(*known->original) : known->original;
    replace(known, std::move(now));
  }
}

void PostCache::expire(const backbone::Expiry& expiry) {
  const auto made = [](const backbone::Record& old, const std::vector<std::string>& caught) {
    return std::make_shared<const backbone::Record>(backbone::expired(old, caught));
  };
  for (const auto& each : expiry.records)
    if (const auto known = entries_.find(each.record); known != entries_.end())
      replace(known->second, Prepared(made(*known->second->record, each.caught)));
  for (auto& [id, known] : entries_) {
    if (!known->original) continue;
    const auto each = std::ranges::lower_bound(expiry.records, known->original->id(), {},
                                               &backbone::Expiry::Each::record);
    if (each != expiry.records.end() && each->record == known->original->id())
      replace_original(known, made(*known->original, each->caught));
  }
}

}  // namespace bridge::fanout
