// CursorStore: how far each person's deliveries got. A second, small store, so that its writes
// never stall the log's (law 4).
//
// A person without a row is being served: they have had everything owed up to `position`, but for
// what the jobs beside it have yet to bring. Whoever is away has a row that says since when. One
// checkpoint is one atomic write of the rows that changed, of the running jobs and of the new
// position. Written every second or so without sync: a lost tail means redelivery of what was
// acknowledged in it, within the window law 3 allows; `sync = true` on shutdown.
//
// One thread (fan-out). Abstract for tests; memory_store.h has the twin.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

// A person has a cursor for directs and one for the stream of follows and tracks: a post may move
// from one of those two classes to the other when a subscription ends, and one cursor over both is
// what keeps it from being delivered twice (docs/decisions/0003-two-cursors.md).
inline constexpr std::size_t kDirectCursor = 0;
inline constexpr std::size_t kStreamCursor = 1;
inline constexpr std::size_t kCursorClasses = 2;

struct Cursor {
  RecordId floor = 0;                // everything owed up to here is done; 0: everything there is
  std::vector<RecordId> done = {};   // done above the floor, ascending, bounded by the fan-out
  std::vector<RecordId> again = {};  // came back after they were done, ascending, bounded likewise
  bool operator==(const Cursor&) const = default;
};
using Cursors = std::array<Cursor, kCursorClasses>;

// What is owed to somebody and not sent one by one; see fanout/digest.h.
struct Stretch {  // of the log
  RecordId after = 0;
  RecordId to = 0;
  bool operator==(const Stretch&) const = default;
};
struct DigestLine {
  std::string phrase;  // empty: from people they follow
  std::uint64_t count = 0;
  base::WallMs since_ms = 0;
  std::uint64_t expired = 0;
  std::vector<RecordId> last = {};  // of the newest, ascending
  bool told = false;
  bool operator==(const DigestLine&) const = default;
};
struct DigestRow {
  std::vector<Stretch> stretches = {};  // ascending, apart from each other
  std::vector<RecordId> taken = {};     // ascending; in a stretch, but not of the digest
  std::vector<RecordId> singles = {};   // ascending
  std::vector<DigestLine> lines = {};
  bool operator==(const DigestRow&) const = default;
};

struct CursorRow {
  AccountId account = 0;
  bool clean = false;  // nothing waiting, being served: the row goes away
  Cursors cursors;
  DigestRow digest = {};
};

// How far one post has got through the lists of those who listen to it. What comes after
// `reached`, in a list that is walked from `start` on and round, it has yet to be brought to.
struct JobRow {
  RecordId post = 0;
  std::vector<std::string>
      lists;                // in their order: canonical phrases; empty: the author's followers
  std::uint64_t at = 0;     // index of the one being walked
  std::uint64_t start = 0;  // subscription numbers
  std::uint64_t reached = 0;
  bool wrapped = false;
  std::vector<AccountId> exempt = {};  // not to be looked at any more, ascending
  bool operator==(const JobRow&) const = default;
};

struct Checkpoint {
  std::vector<CursorRow> rows = {};  // those that changed
  std::vector<JobRow> jobs = {};     // all there are
  RecordId position = 0;
};

class CursorStore {
 public:
  virtual ~CursorStore() = default;

  // In one atomic write.
  virtual base::Result<void> checkpoint(const Checkpoint& checkpoint, bool sync) = 0;

  struct Loaded {
    RecordId position = 0;  // of the last checkpoint; 0: none yet
    std::vector<JobRow> jobs;
  };
  // After `visit` was called for every row.
  virtual base::Result<Loaded> load(const std::function<void(const CursorRow&)>& visit) const = 0;
};

}  // namespace bridge::backbone
