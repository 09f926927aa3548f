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
#include "bridge/track/post.h"

namespace bridge::fanout {

using backbone::RecordId;
using backbone::RecordPtr;

// A record, and what tracking needs of it if it is a post, or passes one on.
struct Prepared {
  explicit Prepared(RecordPtr r);
  // Whose followers get it, and whose words they are.
  backbone::AccountId passed_on_by() const {
    return record->has_reposted() ? record->reposted().account() : record->post().author();
  }
  backbone::AccountId author() const {
    return record->has_reposted() ? record->reposted().author() : record->post().author();
  }
  // The record that has the words.
  const backbone::Record& words() const { return original ? *original : *record; }
  // A repost whose original was not read yet.
  bool incomplete() const { return record->has_reposted() && !looked_up; }

  RecordPtr record;
  RecordPtr original;                       // of a repost; nullptr when the log has lost it
  bool looked_up = false;                   // the original
  std::shared_ptr<const track::Post> post;  // nullptr for every other kind of record
  std::size_t bytes = 0;                    // of memory, about; a repost's original not counted
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

 private:
  PreparedPtr keep(Prepared prepared);
  base::Result<PreparedPtr> read(RecordId id);

  const backbone::Store& store_;
  std::unordered_map<RecordId, PreparedPtr> entries_;
  std::deque<RecordId> order_;
  std::size_t bytes_ = 0;
  std::uint64_t reads_ = 0;
};

}  // namespace bridge::fanout
