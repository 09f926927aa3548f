// Entries: phrases that somebody subscribes to, in as few bytes as that takes: the text, the word
// it is filed under, and the one who listens, or the pointer to the list of those who do. 10 to 12
// bytes beyond the text, rounded up to 4.
//
//   const EntryRef ref = entries.make(text, anchor);   entries[ref].add(number, who);
//
// An Entry is a view, valid until it is freed. Text and anchor never change and may be read by any
// thread; who listens is the owner's alone. Memory comes in pieces of 1 MiB that are kept; what was
// freed is used for the next of its size.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "bridge/track/subscribers.h"

namespace bridge::track {

using EntryRef = std::uint32_t;  // 30 bits: in units of 4 bytes

// Which part of the text it is filed under. Of size 0: the text is looked up as it is.
struct Anchor {
  std::uint8_t begin = 0;
  std::uint8_t size = 0;
};

class Entry {
 public:
  explicit Entry(std::byte* bytes) : bytes_(bytes) {}

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_ + listeners_at() + kListenerBytes),
            static_cast<std::size_t>(head() & kSizeMask)};
  }
  std::string_view anchor() const {
    if ((head() & kIsWord) != 0) return text();
    return text().substr(std::to_integer<std::size_t>(bytes_[1]),
                         std::to_integer<std::size_t>(bytes_[2]));
  }

  // The owner's.
  Listeners listeners() const;
  void add(SubscriptionNumber number, Listener who);
  // To one that is deserted. By number, ascending.
  void add_all(std::span<const Subscriber> all);
  bool remove(SubscriptionNumber number);  // false: there is none of that number
  void clear() {
    if (is_list()) take_list();
  }
  bool deserted() const { return listeners().size() == 0; }

 private:
  friend class Entries;
  static constexpr std::uint8_t kSizeMask = 0x3F;
  static constexpr std::uint8_t kIsWord = 0x40;
  // Of who listens: a number of 5 bytes and who, in 4; or a pointer, and the highest bit of all.
  static constexpr std::size_t kListenerBytes = 9;
  static constexpr std::size_t kNumberBytes = 5;
  static constexpr SubscriptionNumber kNumberMax = (SubscriptionNumber{1} << 40) - 1;
  static constexpr Listener kWhoMax = (Listener{1} << 31) - 1;
  static constexpr std::byte kIsList{0x80};

  std::uint8_t head() const { return std::to_integer<std::uint8_t>(bytes_[0]); }
  std::size_t listeners_at() const { return (head() & kIsWord) != 0 ? 1U : 3U; }
  std::byte* kept() const { return bytes_ + listeners_at(); }
  bool is_list() const { return (kept()[kListenerBytes - 1] & kIsList) != std::byte{0}; }
  Subscribers take_list();
  void put_list(Subscribers list);
  void put_one(SubscriptionNumber number, Listener who);

  std::byte* bytes_;
};

class Entries {
 public:
  Entries() = default;
  ~Entries();
  Entries(const Entries&) = delete;
  Entries& operator=(const Entries&) = delete;

  // Nobody listens yet. Throws std::length_error when there are 4 GiB of them.
  EntryRef make(std::string_view text, Anchor anchor);
  // Whoever listens to `from` listens to the new entry instead; its text is the same.
  EntryRef move(EntryRef from, Anchor anchor);
  void free(EntryRef ref);

  Entry operator[](EntryRef ref) const {
    return Entry(chunks_[ref >> kChunkBits].load(std::memory_order_acquire) +
                 std::size_t{ref & (kChunkUnits - 1)} * kUnit);
  }
  void prefetch(EntryRef ref) const { __builtin_prefetch((*this)[ref].bytes_); }

 private:
  static constexpr std::size_t kUnit = 4;
  static constexpr std::uint32_t kChunkBits = 18;
  static constexpr std::uint32_t kChunkUnits = 1U << kChunkBits;
  static constexpr std::size_t kChunks = (1U << 30) / kChunkUnits;
  static constexpr std::size_t kUnitsMax = (3 + 9 + 63 + kUnit - 1) / kUnit;

  static std::size_t units(std::size_t text_size, Anchor anchor);
  EntryRef allocate(std::size_t units);

  std::array<std::atomic<std::byte*>, kChunks> chunks_{};
  EntryRef next_ = 0;
  std::array<std::vector<EntryRef>, kUnitsMax + 1> free_;
};

}  // namespace bridge::track
