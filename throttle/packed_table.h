// PackedTable: a bucket in eight bytes for each of millions of keys, all under one policy.
//
// A bucket is a timestamp (gcra.h), so an entry is 24 bits that tell keys apart and 40 bits of TAT;
// seven of them and a header fill a cache line, and a key is looked for in its line and, only if
// its line once had no room, in three others. An idle bucket is the same as none: its place is
// simply free, so nothing is ever swept, and no busy bucket is ever evicted, which would refill it.
// When all four lines are full of busy keys there is no room, and the caller charges a shared
// bucket.
//
// Changing the policy costs nothing: each line knows the epoch it is measured in and is restated
// when it is next looked at, as of the moment of the change, so the outcome is as if all buckets
// had been restated at once. What was left stays, cut to the new burst: nothing is refilled, nobody
// is left with years of debt.
//
// Times are exact to the nanosecond while burst x interval is below nine minutes, else to that
// divided by 2^39, never in the key's favour but for that one step. A few keys in ten million share
// a bucket because their bits agree. Time that goes backwards stands still instead.
//
// About 15 bytes a key at `keys_max`, allocated at once but touched only as keys come. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "throttle/gcra.h"
#include "throttle/rule.h"

namespace throttle {

class PackedTable {
 public:
  static constexpr std::size_t kPerLine = 7;
  static constexpr std::size_t kLinesPerKey = 4;
  // Changes of policy that lines may lag behind; one more brings all lines up to date first.
  static constexpr std::size_t kEpochsMax = 64;

 private:
  struct alignas(64) Line {
    std::uint32_t base = 0;       // the line's times count from here, in units of 2^32 ticks
    std::uint16_t epoch = 0;      // the policy they are measured in
    std::uint16_t displaced = 0;  // until then keys of this line may be in others; units from base
    std::array<std::uint64_t, kPerLine> entries{};  // 24 bits of key, 40 bits of ticks; 0: none
  };

 public:
  // Where a key's bucket is or would be; valid until find() is called for another key.
  struct Place {
    Line* line = nullptr;  // nullptr: there is no room
    Line* first = nullptr;
    std::size_t at = 0;
    std::uint64_t entry = 0;  // what settle() puts there
    bool fresh = true;        // nothing is charged there yet
  };

  explicit PackedTable(std::size_t keys_max);

  // The policy from now on; neither unlimited nor closed.
  void set_policy(const Policy& policy, Time now);
  // Whether set_policy() with this one would change nothing.
  bool measures(const Policy& policy) const {
    return policy.interval() == interval_ && policy.burst() == burst_;
  }

  void prefetch(KeyId key) const { __builtin_prefetch(&line_of(key, 0), 1); }
  // Into an argument: a struct that is copied right after it was written costs as much as the
  // search.
  void find(KeyId key, Time now, Place& place) {
    const std::uint64_t tick = tick_of(now);
    Line& first = line_of(key, 0);
    refresh(first, tick);
    place.first = &first;
    place.line = &first;
    place.at = match(first, fingerprint(key));
    place.fresh = false;
    if (place.at == kPerLine) [[unlikely]]
      find_elsewhere(key, tick, place);
  }
  Decision check(const Place& place, Time now, std::uint64_t cost) const {
    if (cost > burst_) return {Decision::Kind::kNever, {}};
    const std::uint64_t tick = tick_of(now);
    const std::uint64_t tat = place.fresh ? 0 : tat_of(*place.line, place.at);
    const std::uint64_t slack = span_ticks_ - cost * interval_ticks_;
    if (tat <= tick + slack) return {};
    return {Decision::Kind::kNotBefore, time_of(tat - slack)};
  }
  // Only where there is room. At most a full bucket of debt.
  void charge(Place& place, KeyId key, Time now, std::uint64_t cost) {
    const std::uint64_t tick = tick_of(now);
    Line& line = *place.line;
    const std::uint64_t from = place.fresh ? tick : std::max(tick, tat_of(line, place.at));
    std::uint64_t tat = tick + span_ticks_;
    std::uint64_t amount = 0;
    if (!__builtin_mul_overflow(cost, interval_ticks_, &amount) && amount < tat - from)
      tat = from + amount;
    line.entries[place.at] = fingerprint(key) << kTatBits | (tat - origin(line));
    place.fresh = false;
    if (place.line != place.first) [[unlikely]]
      note_displaced(*place.first, tat);
  }
  // check() and charge() in two halves: settle() charges what was admitted.
  Decision check(Place& place, KeyId key, Time now, std::uint64_t cost) const {
    if (cost > burst_) return {Decision::Kind::kNever, {}};
    const std::uint64_t tick = tick_of(now);
    const std::uint64_t from = place.fresh ? tick : std::max(tick, tat_of(*place.line, place.at));
    const std::uint64_t after = from + cost * interval_ticks_;
    place.entry = fingerprint(key) << kTatBits | (after - origin(*place.line));
    if (after - tick <= span_ticks_) [[likely]]
      return {};
    return {Decision::Kind::kNotBefore, time_of(after - span_ticks_)};
  }
  void settle(const Place& place) {
    place.line->entries[place.at] = place.entry;
    if (place.line != place.first) [[unlikely]]
      note_displaced(*place.first, tat_of(*place.line, place.at));
  }
  // How far the bucket is from full, under the present policy.
  Duration debt(const Place& place, Time now) const;
  void clear(const Place& place) { place.line->entries[place.at] = 0; }

  // Busy keys, counted in at most a thousand lines and scaled up.
  std::size_t busy(Time now);
  std::size_t bytes() const { return lines_ * sizeof(Line); }

 private:
  struct Epoch {
    Policy policy = {};
    unsigned shift = 0;
    std::uint64_t began = 0;  // nanoseconds, as count_of()
  };
  struct Free {
    void operator()(void* memory) const;
  };

  static constexpr unsigned kTatBits = 40;
  static constexpr std::uint64_t kTatMask = (std::uint64_t{1} << kTatBits) - 1;
  static constexpr std::uint64_t kSpanTicksMax = std::uint64_t{1} << (kTatBits - 1);
  // A line is moved on when it lags so many units, so that its times always fit.
  static constexpr std::uint32_t kLagMax = 64;
  static constexpr unsigned kUnitBits = 32;

  static std::uint64_t fingerprint(KeyId key) { return key >> kTatBits | 1; }
  // Order-preserving and never negative.
  static std::uint64_t count_of(Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ (std::uint64_t{1} << 63);
  }
  std::uint64_t tick_of(Time now) const { return count_of(now) >> shift_; }
  Time time_of(std::uint64_t tick) const {
    return Time(Duration(static_cast<std::int64_t>(tick << shift_ ^ std::uint64_t{1} << 63)));
  }
  Line& line_of(KeyId key, std::size_t nth) const {
    constexpr std::array<std::uint64_t, kLinesPerKey> kSpread = {
        0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu, 0xD6E8FEB86659FD93u, 0xA0761D6478BD642Fu};
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t spread = key * kSpread[nth];
    return table_[static_cast<std::size_t>(Wide{spread} * lines_ >> 64)];
  }
  static std::size_t match(const Line& line, std::uint64_t fingerprint) {
    for (std::size_t i = 0; i < kPerLine; ++i)
      if (line.entries[i] >> kTatBits == fingerprint) return i;
    return kPerLine;
  }
  static std::uint64_t origin(const Line& line) { return std::uint64_t{line.base} << kUnitBits; }
  static std::uint64_t tat_of(const Line& line, std::size_t at) {
    return origin(line) + (line.entries[at] & kTatMask);
  }
  static bool displaces(const Line& line, std::uint64_t tick) {
    return line.displaced != 0 && (tick >> kUnitBits) - line.base < line.displaced;
  }
  void refresh(Line& line, std::uint64_t tick) {
    if (line.epoch != epoch_ || (tick >> kUnitBits) - line.base > kLagMax) [[unlikely]]
      bring_up(line, tick);
  }
  void bring_up(Line& line, std::uint64_t tick);
  void restate(Line& line);
  void move_base(Line& line, std::uint32_t base);
  void note_displaced(Line& first, std::uint64_t tat) const;
  void find_elsewhere(KeyId key, std::uint64_t tick, Place& place);
  std::size_t free_place(const Line& line, std::uint64_t tick) const;
  const Epoch& epoch(std::uint16_t number) const { return epochs_[number % kEpochsMax]; }

  const std::size_t lines_;
  std::unique_ptr<void, Free> memory_;
  Line* table_ = nullptr;  // in memory_, on a cache line

  // The policy in force.
  Duration interval_{0};
  std::uint64_t burst_ = 0;
  std::uint64_t interval_ticks_ = 0;
  std::uint64_t span_ticks_ = 0;
  unsigned shift_ = 0;  // a tick is 2^shift nanoseconds
  std::uint16_t epoch_ = 0;
  std::size_t epochs_behind_ = 0;  // that some line may still be measured in
  std::array<Epoch, kEpochsMax> epochs_{};
};

}  // namespace throttle
