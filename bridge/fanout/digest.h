// Digest: what somebody is owed and is not sent one by one, because it came to too much while they
// were away, or because a track of theirs is capped. It is told them as a line per phrase; `more`
// brings it.
//
// Not a copy of anything: stretches of the log, in which all that the person is owed belongs to it
// but for the ids that do not (`taken`), and ids one by one. What it holds is judged like
// everything else when it is read, so what was unsubscribed meanwhile is withdrawn. Pure
// bookkeeping; one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/backbone/cursor_store.h"
#include "bridge/base/time.h"

namespace bridge::fanout {

using backbone::RecordId;

class Digest {
 public:
  // At it, nothing more is held back: the rest is sent one by one.
  static constexpr std::size_t kStretchesMax = 16;
  // Read before what precedes it; at it, only `more` without a phrase goes on.
  static constexpr std::size_t kTakenMax = 4096;
  // Of a capped track and the like; beyond it, the oldest expire, and the person is told.
  static constexpr std::size_t kSinglesMax = 1000;
  // Ids of the newest posts that a line keeps.
  static constexpr std::size_t kLastMax = 5;

  Digest() = default;
  explicit Digest(backbone::DigestRow row) : row_(std::move(row)) {}

  bool empty() const {
    return row_.stretches.empty() && row_.singles.empty() && row_.lines.empty();
  }
  const backbone::DigestRow& row() const { return row_; }

  // It is this one's to bring.
  bool holds(RecordId id) const;
  bool room() const { return open_ || row_.stretches.size() < kStretchesMax; }
  // What is read from the log comes in order, with everything else in between excluded.
  void add(RecordId id, std::string_view phrase, base::WallMs time_ms);
  void exclude(RecordId id);
  // What follows is brought one by one again.
  void close() { open_ = false; }
  // One by itself. True when another one, the oldest, had to go for it.
  bool add_single(RecordId id, std::string_view phrase, base::WallMs time_ms);
  // So many are kept no longer. `counted`: they were held here before.
  void expire(std::string_view phrase, base::WallMs time_ms, std::uint64_t posts, bool counted);

  // Reading: the first id above `after` that it holds, if it is owed at all; nothing: that was all.
  std::optional<RecordId> next(RecordId after) const;
  bool may_take_out_of_order() const { return row_.taken.size() < kTakenMax; }
  // It is sent after all. `phrase`: as what.
  void take(RecordId id, std::string_view phrase);
  // All up to here is read; all of a phrase is.
  void forget_to(RecordId id);
  void finish(std::string_view phrase);

  // Posts in the lines, of one phrase or of all.
  std::uint64_t count() const;
  std::uint64_t count(std::string_view phrase) const;

  // Lines that have something new to tell. To be told anew after it was lost.
  std::vector<const backbone::DigestLine*> news() const;
  bool has_news() const;
  bool has_expired() const;
  void told(const backbone::DigestLine& line);
  void tell_again();
  // What was told has been heard: what expired need not be told again.
  void heard();

 private:
  backbone::DigestLine& line(std::string_view phrase, base::WallMs time_ms);
  void count_in(RecordId id, std::string_view phrase, base::WallMs time_ms);
  void remove(RecordId id);
  static void clear(backbone::DigestLine& line);
  void tidy();

  backbone::DigestRow row_;
  bool open_ = false;  // the last stretch is still growing
};

}  // namespace bridge::fanout
