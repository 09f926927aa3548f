#include "bridge/track/slot_table.h"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace bridge::track {
namespace {

// Four steps to a doubling, as allocators do it: with its head a part fills its piece of memory.
std::uint32_t lines_after(std::uint32_t lines) {
  const std::uint32_t size = lines + 1;
  const std::uint32_t step = std::max(1U, std::bit_floor(size) / 4);
  return (size / step + 1) * step - 1;
}

// In twentieths of the slots.
constexpr std::uint32_t kFull = 16;
constexpr std::uint32_t kThin = 5;

}  // namespace

SlotTable::Part* SlotTable::make(std::uint32_t lines) {
  const std::size_t bytes = sizeof(Part) + lines * sizeof(Line);
  auto* part = new (::operator new (bytes, std::align_val_t{alignof(Part)})) Part;
  part->lines = lines;
  for (std::uint32_t at = 0; at < lines; ++at) new (part->line(at)) Line;
  return part;
}

namespace {
void free_part(void* part) {
  ::operator delete (part, std::align_val_t{64});
}
}  // namespace

SlotTable::~SlotTable() {
  for (auto& place : parts_) free_part(place.load());
}

// There is room.
void SlotTable::put(Part& part, std::uint64_t slot) {
  std::uint32_t at = line_of(static_cast<std::uint32_t>(slot >> 32), part.lines);
  for (;; at = at + 1 == part.lines ? 0 : at + 1) {
    for (auto& place : part.line(at)->slots) {
      const std::uint64_t there = place.load(std::memory_order_relaxed);
      if (there != kEmpty && there != kRemoved) continue;
      place.store(slot, std::memory_order_release);
      part.used += there == kEmpty;
      ++part.live;
      return;
    }
  }
}

void SlotTable::rebuild(std::atomic<Part*>& place, std::uint32_t lines) {
  Part* old = place.load();
  Part* made = make(lines);
  for (std::uint32_t at = 0; at < old->lines; ++at)
    for (const auto& slot : old->line(at)->slots)
      if (const std::uint64_t there = slot.load(); there != kEmpty && there != kRemoved)
        put(*made, there);
  place.store(made);
  reclaimer_.retire([old] { free_part(old); });
}

void SlotTable::make_room(std::atomic<Part*>& place) {
  Part* part = place.load();
  if (!part) return place.store(make(1));
  const std::uint32_t slots = part->lines * static_cast<std::uint32_t>(kSlots);
  if (std::uint64_t{part->used + 1} * 20 <= std::uint64_t{slots} * kFull) return;
  const bool removed = part->used - part->live > part->live / 8;
  rebuild(place, removed ? part->lines : lines_after(part->lines));
}

void SlotTable::insert(std::uint64_t hash, std::uint32_t payload) {
  if (payload < kPayloadMin) throw std::logic_error("no payload is so small");
  auto& place = parts_[part_of(hash)];
  make_room(place);
  put(*place.load(), std::uint64_t{half_of(hash)} << 32 | payload);
}

void SlotTable::fill(std::span<const Filed> all) {
  std::array<std::uint32_t, kParts> counts{};
  for (const Filed& each : all) {
    if (each.payload < kPayloadMin) throw std::logic_error("no payload is so small");
    ++counts[part_of(each.hash)];
  }
  for (std::size_t part = 0; part < kParts; ++part) {
    if (counts[part] == 0) continue;
    std::uint32_t lines = 1;
    while (std::uint64_t{counts[part]} * 20 > std::uint64_t{lines} * kSlots * kFull)
      lines = lines_after(lines);
    parts_[part].store(make(lines));
  }
  // Memory is waited for some entries ahead.
  constexpr std::size_t kAhead = 16;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i + kAhead < all.size()) prepare(all[i + kAhead].hash);
    put(*parts_[part_of(all[i].hash)].load(std::memory_order_relaxed),
        std::uint64_t{half_of(all[i].hash)} << 32 | all[i].payload);
  }
}

std::atomic<std::uint64_t>& SlotTable::slot_of(std::uint64_t hash, std::uint32_t payload) {
  Part* part = parts_[part_of(hash)].load();
  const std::uint64_t wanted = std::uint64_t{half_of(hash)} << 32 | payload;
  if (part) {
    const std::uint32_t first = line_of(half_of(hash), part->lines);
    for (std::uint32_t n = 0; n < part->lines; ++n)
      for (auto& slot : part->line((first + n) % part->lines)->slots)
        if (slot.load(std::memory_order_relaxed) == wanted) return slot;
  }
  throw std::logic_error("there is no such slot");
}

void SlotTable::replace(std::uint64_t hash, std::uint32_t payload, std::uint32_t by) {
  slot_of(hash, payload).store(std::uint64_t{half_of(hash)} << 32 | by);
}

void SlotTable::erase(std::uint64_t hash, std::uint32_t payload) {
  slot_of(hash, payload).store(kRemoved);
  auto& place = parts_[part_of(hash)];
  Part* part = place.load();
  if (--part->live == 0) {
    place.store(nullptr);
    return reclaimer_.retire([part] { free_part(part); });
  }
  const std::uint32_t slots = part->lines * static_cast<std::uint32_t>(kSlots);
  if (part->lines > 8 && std::uint64_t{part->live} * 20 < std::uint64_t{slots} * kThin)
    rebuild(place, part->lines / 2);
}

}  // namespace bridge::track
