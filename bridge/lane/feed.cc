#include "bridge/lane/feed.h"

#include <algorithm>

namespace bridge::lane {

void Feed::append(const std::vector<RecordPtr>& records) {
  for (const RecordPtr& record : records) {
    recent_.push_back(record);
    head_ = record->id();
  }
  while (recent_.size() > kRecentMax) recent_.pop_front();
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
      if (!record->has_post()) {
        reader.after = record->id();
        continue;
      }
      const auto& post = record->post();
      const auto cost = wire::rendered_bytes(post.nick().size(), post.text().size(), 0, 0);
      if (reader.used_deliveries >= granted_deliveries ||
          reader.used_bytes + cost > granted_bytes ||
          static_cast<std::size_t>(batch.items_size()) >= wire::kBatchDeliveriesMax ||
          bytes >= wire::kBatchBytesMax)
        return batch;
      auto& item = *batch.add_items();
      item.set_id(record->id());
      item.set_author(post.nick());
      item.set_text(post.text());
      item.set_time_ms(record->time_ms());
      item.set_in_reply_to(post.in_reply_to());
      item.set_reply_to(post.reply_nick());
      item.set_thread(post.thread());
      bytes += item.ByteSizeLong();
      reader.after = record->id();
      ++reader.used_deliveries;
      reader.used_bytes += cost;
    }
  }
  return batch;
}

}  // namespace bridge::lane
