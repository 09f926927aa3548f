// PostCache: the newest records, tokenized once, for everybody who has to look at them.
//
// Catch-up reads the log through it, so that two hundred people reading the same stretch cost one
// read and one tokenization. Bounded in records and in bytes of memory, as far as these can be told
// from the texts; the oldest inserted goes first. One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>

#include "bridge/backbone/store.h"
#include "bridge/track/phrase.h"
#include "bridge/track/post.h"

namespace bridge::fanout {

using backbone::RecordId;
using backbone::RecordPtr;

// A record, and what tracking needs of it if it is a post, passes one on, or is a change of one:
// that reaches whom the post reached. An announcement reaches everybody.
struct Prepared {
  explicit Prepared(RecordPtr r);
  // Whose followers get it, and whose words they are.
  backbone::AccountId passed_on_by() const;
  backbone::AccountId author() const;
  // The record that has the words.
  const backbone::Record& words() const { return original ? *original : *record; }
  // A repost whose original was not read yet.
  bool incomplete() const { return record->has_reposted() && !looked_up; }

  RecordPtr record;
  RecordPtr original;      // of a repost; nullptr when the log has lost it
  bool looked_up = false;  // the original
  // Of a post as it was posted, or passed on as that; nullptr for all else.
  std::shared_ptr<const track::Post> post;
  std::size_t bytes = 0;  // of memory, about; a repost's original not counted

  // What follows is asked of posts, reposts and changes only.
  bool streams() const {
    return record->has_post() || record->has_reposted() || record->has_changed() || announces();
  }
  // By nobody, to everybody.
  bool announces() const { return record->has_announced(); }
  // What waited too long may become a number in a digest; what is about something else may not.
  bool may_be_counted() const { return !changes() && !announces(); }
  bool changes() const { return record->has_changed(); }
  // The post that a change is about; otherwise the record itself.
  RecordId about() const { return changes() ? record->changed().post() : record->id(); }
  base::WallMs posted_ms() const;
  std::string_view nick() const;
  std::string_view text() const;
  backbone::AccountId reply_author() const;  // of the post replied to; 0: none, or a repost
  // Of a post: the newest change of it; 0: none.
  RecordId changed_by() const { return record->post().changed_by(); }
  // Nothing can be told of it any more: a post that was taken back, a repost of one, a change after
  // which came another.
  bool gone() const;
  // A post that is gone because it was kept long enough.
  bool expired() const { return record->post().expired(); }
  // Is the post, as it was posted, caught by this?
  bool catches(const track::Phrase& phrase) const;
  // Of a post that has changed, and of a change: all that catches it.
  const google::protobuf::RepeatedPtrField<std::string>& caught() const;
};
using PreparedPtr = std::shared_ptr<const Prepared>;

class PostCache {
 public:
  static constexpr std::size_t kRecordsMax = 32 * 1024;
  static constexpr std::size_t kBytesMax = 64 << 20;
  static constexpr std::size_t kReadRecords = 256;
  static constexpr std::size_t kReadBytes = 1 << 20;

  // The store must outlive it.
  explicit PostCache(const backbone::Store& store) : store_(store) {}

  // A repost that is inserted is incomplete, and is not kept.
  PreparedPtr insert(RecordPtr record);
  // From memory, or read from the store together with what follows it. kUnavailable when the store
  // fails, kUnknown when the log has no such id.
  base::Result<PreparedPtr> get(RecordId id);
  // How often the store was read.
  std::uint64_t reads() const { return reads_; }
  std::size_t bytes() const { return bytes_; }
  // What `record` makes of those before it that are here.
  void amend(const backbone::Record& record);
  // Those of them that are here are kept no longer, nor what passes them on.
  void expire(const backbone::Expiry& expiry);

 private:
  PreparedPtr keep(Prepared prepared);
  void replace(PreparedPtr& known, Prepared now);
  void erase(backbone::AccountId erased);
  void replace_original(PreparedPtr& known, RecordPtr original);
  base::Result<PreparedPtr> read(RecordId id);

  const backbone::Store& store_;
  std::unordered_map<RecordId, PreparedPtr> entries_;
  std::deque<RecordId> order_;
  std::size_t bytes_ = 0;
  std::uint64_t reads_ = 0;
};

}  // namespace bridge::fanout
