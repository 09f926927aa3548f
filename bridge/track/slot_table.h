// SlotTable: from the hash of a word to what is filed under it, as numbers of 32 bits. Built for
// looking up all words of a post at once, among ten million.
//
//   const auto probe = table.prepare(hash);  ...others...  table.visit(probe, [](payload) {});
//
// 1024 parts; in each, lines of 64 bytes with 8 slots, each half of the hash and a payload. A word
// is in the line its hash names, or in the next with room: one cache miss tells, and prepare() has
// asked for it. Half of the hash decides the line, too, so a part grows without looking at what is
// filed. Several payloads may have one hash, and a payload found may belong to another word: the
// caller compares. Load is 0.64 to 0.8: about 11 bytes for each.
//
// One writer; visit() and prepare() from any thread that holds the Reclaimer off.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bridge/track/reclaimer.h"

namespace bridge::track {

class SlotTable {
  static constexpr std::size_t kSlots = 8;
  static constexpr std::size_t kParts = 1024;

  struct alignas(64) Line {
    std::array<std::atomic<std::uint64_t>, kSlots> slots{};
  };
  // Followed by its lines.
  struct alignas(64) Part {
    std::uint32_t lines = 0;
    std::uint32_t live = 0;  // the writer's
    std::uint32_t used = 0;  // likewise: with those removed
    Line* line(std::size_t at) { return reinterpret_cast<Line*>(this + 1) + at; }
    const Line* line(std::size_t at) const { return reinterpret_cast<const Line*>(this + 1) + at; }
  };

 public:
  // The Reclaimer must outlive it.
  explicit SlotTable(Reclaimer& reclaimer) : reclaimer_(reclaimer) {}
  ~SlotTable();
  SlotTable(const SlotTable&) = delete;
  SlotTable& operator=(const SlotTable&) = delete;

  // A payload is never below this.
  static constexpr std::uint32_t kPayloadMin = 1U << 30;

  void insert(std::uint64_t hash, std::uint32_t payload);
  struct Filed {
    std::uint64_t hash = 0;
    std::uint32_t payload = 0;
  };
  // Into an empty table, many at once.
  void fill(std::span<const Filed> all);
  // It is there, once.
  void replace(std::uint64_t hash, std::uint32_t payload, std::uint32_t by);
  void erase(std::uint64_t hash, std::uint32_t payload);

  // By the writer: calls `found(payload)` with each there is.
  template <class Found>
  void for_each(Found found) const {
    for (const auto& place : parts_) {
      const Part* part = place.load();
      for (std::uint32_t at = 0; part && at < part->lines; ++at)
        for (const auto& slot : part->line(at)->slots)
          if (const auto payload = static_cast<std::uint32_t>(slot.load()); payload >= kPayloadMin)
            found(payload);
    }
  }

  struct Probe {
    const Part* part = nullptr;
    std::uint32_t half = 0;
    std::uint32_t line = 0;
  };
  Probe prepare(std::uint64_t hash) const {
    const Part* part = parts_[part_of(hash)].load();
    Probe probe{part, half_of(hash), 0};
    if (part) {
      probe.line = line_of(probe.half, part->lines);
      __builtin_prefetch(part->line(probe.line));
    }
    return probe;
  }

  // Calls `found(payload)` with each that may be the hash's.
  template <class Found>
  void visit(const Probe& probe, Found found) const {
    if (!probe.part) return;
    for (std::uint32_t at = probe.line;; at = at + 1 == probe.part->lines ? 0 : at + 1) {
      const Line& line = *probe.part->line(at);
      std::array<std::uint64_t, kSlots> slots;
      std::uint32_t hits = 0;
      for (std::uint32_t i = 0; i < kSlots; ++i) {
        slots[i] = line.slots[i].load();
        hits |= std::uint32_t{static_cast<std::uint32_t>(slots[i] >> 32) == probe.half} << i;
      }
      for (; hits != 0; hits &= hits - 1) {
        const auto payload = static_cast<std::uint32_t>(slots[std::countr_zero(hits)]);
        if (payload >= kPayloadMin) found(payload);
      }
      if (slots[kSlots - 1] == kEmpty) return;
    }
  }
  template <class Found>
  void visit(std::uint64_t hash, Found found) const {
    visit(prepare(hash), found);
  }

 private:
  static constexpr std::uint64_t kEmpty = 0;
  static constexpr std::uint64_t kRemoved = 1;

  static std::size_t part_of(std::uint64_t hash) { return hash >> 54; }
  static std::uint32_t half_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  static std::uint32_t line_of(std::uint32_t half, std::uint32_t lines) {
    return static_cast<std::uint32_t>(std::uint64_t{half} * lines >> 32);
  }

  static Part* make(std::uint32_t lines);
  static void put(Part& part, std::uint64_t slot);
  void rebuild(std::atomic<Part*>& place, std::uint32_t lines);
  void make_room(std::atomic<Part*>& place);
  std::atomic<std::uint64_t>& slot_of(std::uint64_t hash, std::uint32_t payload);

  Reclaimer& reclaimer_;
  std::array<std::atomic<Part*>, kParts> parts_{};
};

}  // namespace bridge::track
