// Store: the durable log and everything derived from it that has to survive a restart.
//
// One writer (the committer) appends; any thread may read. An append is atomic and on disk when it
// returns. State is not stored as rows of its own making: the store keeps, per compaction key, the
// newest record that says something about that key (the way a compacted topic does), so that
// applying those few records in id order gives the same State as applying the whole log.
//
// Abstract because it leaves the process, and so that tests and simulation can stand in: see
// memory_store.h beside embedded_store.h. It does not assume that the log is local: ids travel
// inside the records, and reads are by id range.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/backbone/record.pb.h"
#include "bridge/base/result.h"
#include "bridge/base/time.h"

namespace bridge::backbone {

namespace record = lapwing::record;  // the generated messages
using record::Record;
using RecordId = std::uint64_t;
using AccountId = std::uint64_t;

// Records are immutable once committed and shared by every reader in the process.
using RecordPtr = std::shared_ptr<const Record>;

// What makes a post or a direct message that very one, and no other; views, owned by whoever asks.
struct PublishKey {
  AccountId author = 0;
  std::string_view client_id = {};
  std::string_view text = {};
  AccountId recipient = 0;  // of a direct message
  bool operator==(const PublishKey&) const = default;
};

// Posts, and changes of posts, that are kept no longer.
struct Expiry {
  struct Each {
    RecordId record = 0;
    std::vector<std::string> caught = {};  // what catches it, sorted
  };
  std::vector<Each> records;
  RecordId to = 0;
};

// Of the order of compaction keys, those from `from` on and before `to`; empty: no end.
struct StateRange {
  std::string from = {};
  std::string to = {};
};

class Store {
 public:
  virtual ~Store() = default;

  // Atomic and durable on return. Ids must continue the log densely (an assert otherwise).
  // kUnavailable when the disk will not take it: nothing of the batch is in the log then.
  // Writer thread only.
  virtual base::Result<void> append(std::span<const RecordPtr> records) = 0;

  // After a failed append: tries to make the store writable again, cheap enough to be called once a
  // second. Writer thread only.
  virtual base::Result<void> resume() = 0;

  // Newest id in the log; 0 when it is empty.
  virtual RecordId head() const = 0;

  // Records with id > after, in order, until either bound is reached; at least one if there is one.
  // Does not fill caches that the request path uses.
  virtual base::Result<std::vector<RecordPtr>> read(RecordId after, std::size_t records_max,
                                                    std::size_t bytes_max) const = 0;

  // Ids of direct messages to this person with id > after, ascending.
  virtual base::Result<std::vector<RecordId>> read_directs(AccountId recipient, RecordId after,
                                                           std::size_t max) const = 0;

  // The id under which that very publish was accepted within the dedupe window before now_ms, if it
  // was.
  virtual base::Result<std::optional<RecordId>> find_duplicate(const PublishKey& publish,
                                                               base::WallMs now_ms) const = 0;

  // Posts up to `to` are kept no longer: `records` lose their texts, see amend.h. Atomic; a crash
  // takes at most the last of these steps. kUnavailable when the disk will not take it. Writer
  // thread only.
  virtual base::Result<void> expire(const Expiry& expiry) = 0;
  // Up to which that has been done. Any thread.
  virtual RecordId expired_to() const = 0;

  // An `Erased` in the log holds for every reader from then on: what it takes away read() does not
  // give any more. On the disk it is overwritten little by little: this goes over so many records.
  // Atomic; a crash takes at most the last of these steps, and they are taken again. kUnavailable
  // when the disk will not take it. Writer thread only.
  virtual base::Result<void> erase_some(std::size_t records_max) = 0;
  // Records that have yet to be gone over; 0: nothing is being erased. Any thread.
  virtual std::uint64_t to_erase() const = 0;

  // Calls `visit` with every record that State is made of, in the order of their compaction keys:
  // those that made accounts come first, by id, and the tracks of one account come together.
  // Several threads may read at once. Before the first append, or while the writer makes none.
  virtual base::Result<void> read_state(const StateRange& range,
                                        const std::function<void(const Record&)>& visit) const = 0;
};

}  // namespace bridge::backbone
