// CursorStore: how far each person's deliveries got. A second, small store, so that its writes
// never stall the log's (law 4).
//
// What is absent is done: a person without a row has had everything owed up to `position`. One
// checkpoint is one atomic write of the rows that changed and of the new position, so idle people
// cost nothing. Written every second or so without sync: a lost tail means redelivery of what was
// acknowledged in it, within the window law 3 allows; `checkpoint(sync = true)` on shutdown.
//
// One thread (fan-out). Abstract for tests; memory_store.h has the twin.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
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

struct CursorRow {
  AccountId account = 0;
  bool clean = false;  // nothing waiting: the row goes away
  Cursors cursors;
};

class CursorStore {
 public:
  virtual ~CursorStore() = default;

  // Rows and position in one atomic write.
  virtual base::Result<void> checkpoint(std::span<const CursorRow> rows, RecordId position,
                                        bool sync) = 0;

  // The position of the last checkpoint (0: none yet), after `visit` was called for every row.
  virtual base::Result<RecordId> load(const std::function<void(const CursorRow&)>& visit) const = 0;
};

}  // namespace bridge::backbone
