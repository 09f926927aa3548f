// Pending: what one person is owed under one cursor, and how far that got.
//
// Everything owed lies in exactly one place: done (at or below the floor, or in `done`), in flight,
// queued, or behind: not looked at yet, to be read from the log. The queue is short; when it is
// full or the person is away there is only the cursor (law 6). Pure bookkeeping; one thread.
//
//   floor <= done... , in flight..., queued... <= behind   (ids; `behind` unset: being served)
//
// A job may bring something after later posts were done. Where that can no longer be told from what
// was done, and for what comes back after it was done, there is `again`: ids owed one by one.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "bridge/backbone/cursor_store.h"

namespace bridge::fanout {

using backbone::RecordId;

// Kinds of delivery within the im lane, by rank; also the classes of the scheduler.
enum class Kind : std::uint8_t { kDirect, kReply, kFollow, kTrack, kBacklog };
inline constexpr std::size_t kKinds = 5;
std::string_view name(Kind kind);  // "direct", …

class Pending {
 public:
  // At it, the rest of what is owed is only the cursor.
  static constexpr std::size_t kQueueMax = 256;
  // Done out of order above the floor; at it, nothing but the lowest outstanding id is sent.
  static constexpr std::size_t kDoneMax = 256;
  // Sent and not known to have arrived; at it, nothing is sent.
  static constexpr std::size_t kInFlightMax = 256;
  // Owed one by one; beyond it, all that follows the oldest is owed again. More than there are
  // jobs.
  static constexpr std::size_t kAgainMax = 2048;
  // Known not to be brought, ahead of where the log is being read.
  static constexpr std::size_t kSkippedMax = kDoneMax / 2;

  struct Entry {
    RecordId id = 0;
    Kind kind = Kind::kTrack;
    bool late = false;  // read from the log, later than it was posted
  };

  // Being served, and everything brought so far is done.
  bool clean() const { return !waits() && cursor_.again.empty(); }
  // All that is known of it is where to read on.
  bool plain() const;
  bool behind() const { return behind_.has_value(); }
  std::size_t queued() const { return queue_.size(); }
  std::size_t one_by_one() const { return cursor_.again.size(); }

  // As of a checkpoint at `position`; everything above the floor has to be read again.
  void restore(const backbone::Cursor& cursor, RecordId position);
  // For a checkpoint. Only while !clean().
  const backbone::Cursor& cursor() const { return cursor_; }

  // Brought by a job, or at the end of the log. What lies ahead of where the log is being read is
  // left to the reading.
  void match(Entry entry);

  // Reading the log: after which id to go on; whether this id still has to be delivered; what was
  // found; how far it was read, and whether that is the end of the log.
  RecordId read_after() const { return *behind_; }
  bool wants(RecordId id) const;
  bool room() const { return queue_.size() < kQueueMax; }
  void found(Entry entry) { queue_.push_back(entry); }
  bool has_found(RecordId id) const { return !queue_.empty() && queue_.back().id == id; }
  void read_to(RecordId id, bool end);

  // Somebody else has said it all: not to be brought any more, wherever it lies, also where nobody
  // has been yet. `position`: everything up to it has been brought or is being brought. Too many of
  // them ahead are brought after all.
  void skip(RecordId id, RecordId position);

  // Not done: waiting in one way or another, if it is owed at all.
  bool outstanding(RecordId id) const;
  // Nothing below this id is outstanding. Only while !clean().
  RecordId lowest_outstanding() const;

  // The first entry of this kind that may be sent now, if there is one. What came back goes as
  // kDirect and kBacklog.
  std::optional<Entry> next(Kind kind) const;
  void sent(RecordId id);       // queued -> in flight
  void withdrawn(RecordId id);  // queued -> done: no longer owed
  void aged(RecordId id);       // queued: it waited too long for its kind, and is the backlog's
  bool in_flight(RecordId id) const;
  // in flight -> done. False when it was not in flight.
  bool acknowledged(RecordId id);
  // in flight -> to be read again. False when it was not in flight.
  bool returned(RecordId id);
  // It has arrived, wherever it lies. False when it was done already, or too many are.
  bool confirmed(RecordId id);
  // Done, or not to be read in its turn -> again.
  void reopen(RecordId id);
  // The person goes away, with everything up to `position` brought or being brought: the queue
  // and what follows have to be read.
  void leave(RecordId position);

 private:
  bool waits() const { return !queue_.empty() || !in_flight_.empty() || behind_; }
  bool waits_in_order(RecordId id) const;
  std::optional<RecordId> first_again() const;
  void unqueue();
  void fall_back();
  void finish(RecordId id);
  void advance();
  RecordId lowest_waiting() const;

  backbone::Cursor cursor_;
  // Vectors, though they are taken from in front: an idle person should cost little.
  std::vector<Entry> queue_;           // ascending ids
  std::vector<RecordId> in_flight_;    // ascending
  std::vector<RecordId> again_flies_;  // ascending; of cursor_.again those in flight
  std::optional<RecordId> behind_;     // everything owed up to here is done, in flight or queued
  RecordId top_ = 0;                   // nothing above it was ever done
};

}  // namespace bridge::fanout
