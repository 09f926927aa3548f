// TimingWheel: many items that wait for a moment, cheaply.
// Source: G. Varghese, A. Lauck, "Hashed and Hierarchical Timing Wheels", 1987 (scheme 6).
//
//   TimingWheel<Person> held(1ms, 4096);
//   held.add(not_before, person);
//   held.advance(now, [](Person p) { ... });     sleep_until(held.next());
//
// An item comes out at the first advance() at or after its moment, never before it, and not in the
// exact order of moments within one tick. Adding and taking out are O(1); one that waits longer
// than a turn of the wheel (tick x slots) is looked at once a turn. Holds what it is given: the
// caller bounds it. Time that goes backwards brings nothing out. One thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "throttle/require.h"
#include "throttle/time.h"

namespace throttle {

template <class T>
class TimingWheel {
 public:
  // slots: a power of two, at least 64.
  TimingWheel(Duration tick, std::size_t slots) : tick_(tick), slots_(slots), used_(slots / 64) {
    require(tick.count() > 0 && slots >= 64 && std::has_single_bit(slots),
            "a wheel has a tick and 64 slots or more, a power of two");
  }

  void add(Time until, T item) {
    // Never into a slot that has gone by.
    const std::int64_t slot = std::max(tick_at(until), at_);
    put(static_cast<std::size_t>(slot) % slots_.size(), {until, std::move(item)});
    ++size_;
  }

  // Hands out what is due; `due` may add. Returns how many.
  template <class Due>
  std::size_t advance(Time now, Due&& due) {
    const std::int64_t to = tick_at(now);
    if (to < at_) return 0;
    const auto turn = static_cast<std::int64_t>(slots_.size());
    std::size_t count = 0;
    // All slots at most once, and the present one again next time: its tick is not over.
    for (std::int64_t tick = std::max(at_, to - turn + 1); tick <= to; ++tick)
      count += empty_slot(static_cast<std::size_t>(tick) % slots_.size(), now, due);
    at_ = to;
    return count;
  }

  // Hands out everything, whatever its moment.
  template <class Due>
  void empty(Due&& due) {
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      for (Item& item : std::exchange(slots_[slot], {})) {
        --size_;
        due(std::move(item.value));
      }
      used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    }
  }

  // When advance() may have something to hand out, or may find that it does not yet; nullopt:
  // never.
  std::optional<Time> next() const {
    if (size_ == 0) return std::nullopt;
    const std::size_t start = static_cast<std::size_t>(at_) % slots_.size();
    for (std::size_t ahead = 0; ahead < slots_.size();) {
      const std::size_t slot = (start + ahead) % slots_.size();
      const std::uint64_t word = used_[slot / 64] >> (slot % 64);
      if (word == 0) {
        ahead += 64 - slot % 64;
        continue;
      }
      const auto found = ahead + static_cast<std::size_t>(std::countr_zero(word));
      if (found >= slots_.size()) break;  // round into the part of the first word before the start
      return earliest((start + found) % slots_.size(), found);
    }
    return earliest(start, slots_.size());
  }

  std::size_t size() const { return size_; }

 private:
  struct Item {
    Time until;
    T value;
  };

  std::int64_t tick_at(Time time) const { return time.time_since_epoch().count() / tick_.count(); }

  void put(std::size_t slot, Item item) {
    slots_[slot].push_back(std::move(item));
    used_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }

  template <class Due>
  std::size_t empty_slot(std::size_t slot, Time now, Due& due) {
    if ((used_[slot / 64] >> (slot % 64) & 1) == 0) return 0;
    std::vector<Item> items = std::exchange(slots_[slot], {});
    used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    std::size_t count = 0;
    for (Item& item : items) {
      if (item.until > now) {
        put(slot, std::move(item));
        continue;
      }
      --size_;
      ++count;
      due(std::move(item.value));
    }
    return count;
  }

  // The earliest moment of a slot that is so many ticks ahead; those of later turns are not due
  // yet.
  Time earliest(std::size_t slot, std::size_t ahead) const {
    Time first = Time::max();
    for (const Item& item : slots_[slot]) first = std::min(first, item.until);
    const std::int64_t turn_end = (at_ + static_cast<std::int64_t>(ahead) + 1) * tick_.count();
    return std::min(first, Time(Duration(turn_end)));
  }

  const Duration tick_;
  std::vector<std::vector<Item>> slots_;
  std::vector<std::uint64_t> used_;  // a bit for each slot that is not empty
  std::int64_t at_ = 0;              // ticks; all slots before it are empty of what was due
  std::size_t size_ = 0;
};

}  // namespace throttle
