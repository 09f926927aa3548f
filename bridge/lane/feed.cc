#include "bridge/lane/feed.h"

#include <algorithm>

#include "bridge/backbone/amend.h"
#include "bridge/wire/messages.h"

namespace bridge::lane {
namespace {

// What a record says to everybody; an id of 0: nothing, or not any more.
wire::Item item_of(const backbone::Record& record) {
  wire::Item item;
  if (record.has_post() && !record.post().deleted()) {
    item.set_author(record.post().nick());
    item.set_text(record.post().text());
    item.set_in_reply_to(record.post().in_reply_to());
    item.set_reply_to(record.post().reply_nick());
    item.set_thread(record.post().thread());
  } else if (record.has_changed() && record.changed().superseded_by() == 0) {
    item.set_author(record.changed().nick());
    item.set_text(record.changed().text());
    item.set_changes(record.changed().post());
    item.set_retracted(record.changed().deleted());
  } else if (record.has_erased()) {
    item.set_author(record.erased().nick());
    item.set_erased(true);
  } else if (record.has_renamed()) {
    item.set_author(record.renamed().old());
    item.set_renamed_to(record.renamed().nick());
  } else if (record.has_suspended()) {
    item.set_author(record.suspended().nick());
    item.set_hidden(true);
  } else if (record.has_restored()) {
    item.set_author(record.restored().nick());
    item.set_shown(true);
  } else {
    return item;
  }
  item.set_id(record.id());
  item.set_time_ms(record.time_ms());
  return item;
}

}  // namespace

void Feed::append(const std::vector<RecordPtr>& records) {
  for (const RecordPtr& record : records) {
    recent_.push_back(record);
    head_ = record->id();
    for (const RecordId old : backbone::amended_ids(*record)) {
      if (old < recent_.front()->id()) continue;
      RecordPtr& known = recent_[old - recent_.front()->id()];
      known = std::make_shared<const backbone::Record>(backbone::amended(*known, *record));
    }
    if (record->has_erased()) forget(record->erased().account());
  }
  while (recent_.size() > kRecentMax) recent_.pop_front();
}

void Feed::forget(backbone::AccountId erased) {
  for (RecordPtr& known : recent_)
    if (backbone::concerns(*known, erased))
      known = std::make_shared<const backbone::Record>(backbone::without(*known, erased));
}

base::Result<std::vector<RecordPtr>> Feed::after(RecordId id) const {
  if (recent_.empty() || id + 1 < recent_.front()->id())
    return store_.read(id, std::min<std::size_t>(kReadRecords, head_ - id), kReadBytes);
  const auto begin = recent_.begin() + static_cast<std::ptrdiff_t>(id + 1 - recent_.front()->id());
  const auto count = std::min<std::ptrdiff_t>(kReadRecords, recent_.end() - begin);
  return std::vector<RecordPtr>(begin, begin + count);
}

base::Result<wire::Batch> Feed::next(FeedPosition& reader, std::uint64_t granted_deliveries,
                                     std::uint64_t granted_bytes) const {
  wire::Batch batch;
  std::size_t bytes = 0;
  while (reader.after < head_ && batch.items_size() == 0) {
    const auto records = after(reader.after);
    if (!records) return tl::unexpected(records.error());
    for (const RecordPtr& record : *records) {
      wire::Item item = item_of(*record);
      if (item.id() == 0) {
        reader.after = record->id();
        continue;
      }
      const std::uint64_t cost = wire::cost_of(item).bytes;
      if (reader.used_deliveries >= granted_deliveries ||
          reader.used_bytes + cost > granted_bytes ||
          static_cast<std::size_t>(batch.items_size()) >= wire::kBatchDeliveriesMax ||
          bytes >= wire::kBatchBytesMax)
        return batch;
      bytes += item.ByteSizeLong();
      *batch.add_items() = std::move(item);
      reader.after = record->id();
      ++reader.used_deliveries;
      reader.used_bytes += cost;
    }
  }
  return batch;
}

}  // namespace bridge::lane
