// Feed: the public posts and what becomes of them (corrections, retractions, erased authors), for
// the sessions of one lane that asked for them, under their credit.
//
// New records come from the lane's own tail of the log; a reader that is behind is served from a
// short memory of recent posts, or from the store. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::lane {

using backbone::RecordId;
using backbone::RecordPtr;

// A reader's place. Credit is cumulative, as on the wire.
struct FeedPosition {
  RecordId after = 0;
  std::uint64_t used_deliveries = 0;
  std::uint64_t used_bytes = 0;
};

class Feed {
 public:
  // At it, older records are read from the store again.
  static constexpr std::size_t kRecentMax = 8192;
  static constexpr std::size_t kReadRecords = 512;
  static constexpr std::size_t kReadBytes = 1 << 20;

  // The store must outlive it. Starts at the head.
  explicit Feed(const backbone::Store& store) : store_(store), head_(store.head()) {}

  void append(const std::vector<RecordPtr>& records);
  RecordId head() const { return head_; }
  // Posts up to here are not to be had any more.
  RecordId expired_to() const { return store_.expired_to(); }

  // The next batch for this reader, moving its place; empty when it has everything or its credit is
  // used up. kUnavailable when the store cannot be read.
  base::Result<wire::Batch> next(FeedPosition& reader, std::uint64_t granted_deliveries,
                                 std::uint64_t granted_bytes) const;

 private:
  void forget(backbone::AccountId erased);
  base::Result<std::vector<RecordPtr>> after(RecordId id) const;

  const backbone::Store& store_;
  std::deque<RecordPtr> recent_;  // contiguous ids up to head_
  RecordId head_;
};

}  // namespace bridge::lane
