#include "throttle/packed_table.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "throttle/require.h"

namespace throttle {
namespace {

// Lines per key at keys_max: 0.625 of the places taken, 14.6 bytes a key. Fuller, and more than a
// few keys in ten thousand would find no room.
constexpr double kLoad = 0.625;

std::uint64_t up_shifted(std::uint64_t value, unsigned shift) {
  const std::uint64_t mask = (std::uint64_t{1} << shift) - 1;
  return (value >> shift) + ((value & mask) != 0 ? 1 : 0);
}

}  // namespace

void PackedTable::Free::operator()(void* memory) const {
  std::free(memory);
}

PackedTable::PackedTable(std::size_t keys_max)
    : lines_(static_cast<std::size_t>(static_cast<double>(keys_max) / (kPerLine * kLoad)) + 1),
      // Zeroed pages that the system hands out as they are touched.
      memory_(std::calloc(lines_ + 1, sizeof(Line))) {
  if (!memory_) throw std::bad_alloc();
  void* start = memory_.get();
  std::size_t space = (lines_ + 1) * sizeof(Line);
  table_ = static_cast<Line*>(std::align(alignof(Line), lines_ * sizeof(Line), start, space));
}

void PackedTable::set_policy(const Policy& policy, Time now) {
  require(!policy.is_unlimited() && !policy.is_closed(), "a table's policy is a pace");
  if (epochs_behind_ + 1 >= kEpochsMax) {  // a whole table's work, once in so many changes
    for (std::size_t i = 0; i < lines_; ++i) restate(table_[i]);
    epochs_behind_ = 0;
  }
  if (interval_.count() != 0) {
    ++epoch_;
    ++epochs_behind_;
  }
  interval_ = policy.interval();
  burst_ = std::min<std::uint64_t>(policy.burst(), kSpanTicksMax / 2);
  const auto interval = static_cast<std::uint64_t>(interval_.count());
  for (shift_ = 0;; ++shift_) {
    interval_ticks_ = up_shifted(interval, shift_);
    if (interval_ticks_ <= kSpanTicksMax / burst_) break;
  }
  span_ticks_ = interval_ticks_ * burst_;
  epochs_[epoch_ % kEpochsMax] = {policy, shift_, count_of(now)};
}

// ---- lines -------------------------------------------------------------------------------------

void PackedTable::bring_up(Line& line, std::uint64_t tick) {
  restate(line);
  const auto unit = static_cast<std::uint32_t>(tick >> kUnitBits);
  if (unit - line.base > kLagMax) move_base(line, unit);
}

// Through every change it missed, each as of its moment.
void PackedTable::restate(Line& line) {
  __extension__ using Wide = unsigned __int128;
  while (line.epoch != epoch_) {
    const Epoch& from = epoch(line.epoch);
    const Epoch& to = epoch(++line.epoch);
    const auto span_from = static_cast<std::uint64_t>(from.policy.span().count());
    const auto span_to = static_cast<std::uint64_t>(to.policy.span().count());
    const bool displaced = displaces(line, to.began >> from.shift);
    std::array<std::uint64_t, kPerLine> tats{};
    for (std::size_t i = 0; i < kPerLine; ++i) {
      const std::uint64_t tat = tat_of(line, i) << from.shift;
      if (line.entries[i] == 0 || tat <= to.began) continue;
      const std::uint64_t debt = tat - to.began;
      const std::uint64_t left = span_from > debt ? span_from - debt : 0;
      const Wide scaled = Wide{left} * static_cast<std::uint64_t>(to.policy.interval().count()) /
                          static_cast<std::uint64_t>(from.policy.interval().count());
      tats[i] = to.began + span_to - static_cast<std::uint64_t>(std::min(scaled, Wide{span_to}));
    }
    line.base = static_cast<std::uint32_t>(to.began >> to.shift >> kUnitBits);
    line.displaced = 0;
    for (std::size_t i = 0; i < kPerLine; ++i) {
      const std::uint64_t tick = up_shifted(tats[i], to.shift);
      const std::uint64_t ahead = tick > origin(line) ? std::min(tick - origin(line), kTatMask) : 0;
      line.entries[i] = ahead == 0 ? 0 : (line.entries[i] & ~kTatMask) | ahead;
    }
    // Those that are elsewhere were restated as well: a full bucket's time from then.
    if (displaced) note_displaced(line, up_shifted(to.began + span_to, to.shift));
  }
}

void PackedTable::move_base(Line& line, std::uint32_t base) {
  const std::uint64_t by = std::uint64_t{base - line.base} << kUnitBits;
  for (std::uint64_t& entry : line.entries) {
    const std::uint64_t ahead = entry & kTatMask;
    entry = ahead > by ? (entry & ~kTatMask) | (ahead - by) : 0;
  }
  const std::uint32_t units = base - line.base;
  line.displaced = static_cast<std::uint16_t>(line.displaced > units ? line.displaced - units : 0);
  line.base = base;
}

void PackedTable::note_displaced(Line& first, std::uint64_t tat) const {
  const std::uint64_t until = (tat >> kUnitBits) - first.base + 1;
  first.displaced = static_cast<std::uint16_t>(
      std::max<std::uint64_t>(first.displaced, std::min<std::uint64_t>(until, 0xFFFF)));
}

// A line with nothing that is busy in it has a place; kPerLine: it has none.
std::size_t PackedTable::free_place(const Line& line, std::uint64_t tick) const {
  const std::uint64_t ahead = tick - origin(line);
  for (std::size_t i = 0; i < kPerLine; ++i)
    if ((line.entries[i] & kTatMask) <= ahead) return i;
  return kPerLine;
}

void PackedTable::find_elsewhere(KeyId key, std::uint64_t tick, Place& place) {
  if (displaces(*place.first, tick)) {
    for (std::size_t nth = 1; nth < kLinesPerKey; ++nth) {
      place.line = &line_of(key, nth);
      refresh(*place.line, tick);
      place.at = match(*place.line, fingerprint(key));
      if (place.at < kPerLine) return;
    }
  }
  place.fresh = true;
  for (std::size_t nth = 0; nth < kLinesPerKey; ++nth) {
    place.line = &line_of(key, nth);
    refresh(*place.line, tick);
    place.at = free_place(*place.line, tick);
    if (place.at < kPerLine) return;
  }
  place.line = nullptr;
}

// ---- buckets -----------------------------------------------------------------------------------

Duration PackedTable::debt(const Place& place, Time now) const {
  if (place.fresh) return Duration(0);
  const std::uint64_t tick = tick_of(now);
  const std::uint64_t tat = tat_of(*place.line, place.at);
  return Duration(static_cast<std::int64_t>((tat > tick ? tat - tick : 0) << shift_));
}

std::size_t PackedTable::busy(Time now) {
  constexpr std::size_t kLookedAt = 1024;
  if (interval_.count() == 0) return 0;
  const std::uint64_t tick = tick_of(now);
  const std::size_t looked_at = std::min(lines_, kLookedAt);
  std::size_t found = 0;
  for (std::size_t i = 0; i < looked_at; ++i) {
    Line& line = table_[i * lines_ / looked_at];
    refresh(line, tick);
    for (std::size_t at = 0; at < kPerLine; ++at)
      if (line.entries[at] != 0 && tat_of(line, at) > tick) ++found;
  }
  return found * lines_ / looked_at;
}

}  // namespace throttle
