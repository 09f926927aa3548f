// LogTail: one reader's place at the end of the log.
//
//   committer thread: tail.offer(batch)      reader's thread: poll(tail.fd()); tail.next(256)
//
// New records come through a bounded mailbox without touching the disk. When the reader falls so
// far behind that the mailbox is full, the committer does not wait: the batch is left out, and the
// reader finds it in the store. Either way next() gives every record exactly once, in order.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/base/mailbox.h"

namespace bridge::backbone {

using RecordBatch = std::shared_ptr<const std::vector<RecordPtr>>;

class LogTail {
 public:
  // Bound of the mailbox; at it, batches are read from the store instead.
  static constexpr std::size_t kBatchesMax = 1024;
  static constexpr std::size_t kReadBytesMax = 1 << 20;

  // Starts after `position`. The store must outlive it.
  LogTail(const Store& store, RecordId position);

  // Writer's thread, after the batch is durable. Never blocks.
  void offer(RecordBatch batch);

  // Reader's thread from here on.
  int fd() const { return mailbox_.fd(); }
  // The records after position(), at most `max` of them; empty when there is nothing new.
  base::Result<std::vector<RecordPtr>> next(std::size_t max);
  RecordId position() const { return position_; }

 private:
  base::Result<std::vector<RecordPtr>> from_store(std::size_t max);

  const Store& store_;
  base::Mailbox<RecordBatch> mailbox_;
  std::atomic<bool> overflowed_{false};

  // Reader's thread only.
  RecordId position_;
  std::deque<RecordBatch> pending_;
  std::vector<RecordBatch> drained_;
  bool behind_ = false;
};

}  // namespace bridge::backbone
