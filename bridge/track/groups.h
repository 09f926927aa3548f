// Groups: the phrases filed under one word, when they are several. Each member is the half of the
// hash of a second word that its posts must have (0: there is none) and the phrase, as one number;
// members are kept in order, so that a post with few words finds its own among many members.
//
// Blocks of at most 512; a row of them when there are more. Readers see a group before or after a
// change, never in between: what changes is copied. One writer; reading from any thread that holds
// the Reclaimer off.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bridge/track/reclaimer.h"

namespace bridge::track {

using GroupRef = std::uint32_t;

struct Member {
  std::uint32_t second = 0;
  std::uint32_t entry = 0;

  std::uint64_t key() const { return std::uint64_t{second} << 32 | entry; }
  static Member of(std::uint64_t key) {
    return {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
  }
};

class Groups {
  // Followed by `size` keys, or by so many pointers to blocks.
  struct Node {
    std::uint32_t size = 0;
    bool row = false;
    std::uint64_t* keys() { return reinterpret_cast<std::uint64_t*>(this + 1); }
    const std::uint64_t* keys() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }
    Node** blocks() { return reinterpret_cast<Node**>(this + 1); }
    Node* const* blocks() const { return reinterpret_cast<Node* const*>(this + 1); }
    std::span<const std::uint64_t> all() const { return {keys(), size}; }
  };

 public:
  // The Reclaimer must outlive it.
  explicit Groups(Reclaimer& reclaimer) : reclaimer_(reclaimer) {}
  ~Groups();
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  GroupRef make(Member one, Member other);
  // Of several, by key, ascending.
  GroupRef make(std::span<const std::uint64_t> keys);
  void insert(GroupRef group, Member member);
  // False when it is none of the group's. A group may become empty.
  bool erase(GroupRef group, Member member);
  void free(GroupRef group);
  std::size_t size(GroupRef group) const;
  // Any; there is one.
  Member first(GroupRef group) const;
  // The n-th of its first block, around in circles.
  Member sample(GroupRef group, std::size_t n) const;

  // Calls `found(entry)` with each member.
  template <class Found>
  void for_each(GroupRef group, Found found) const {
    const Node& node = *cell(group).load();
    for (std::size_t at = 0; at < (node.row ? node.size : 1); ++at)
      for (const std::uint64_t key : (node.row ? *node.blocks()[at] : node).all())
        found(Member::of(key).entry);
  }

  // The three steps on the way to candidates(), each of which waits for memory that the one before
  // has asked for: where the group is, how large it is, and where members with these second words
  // would be.
  void prefetch(GroupRef group) const { __builtin_prefetch(&cell(group)); }
  void prefetch_size(GroupRef group) const { __builtin_prefetch(cell(group).load()); }
  void prefetch_candidates(GroupRef group, std::span<const std::uint32_t> halves) const {
    const Node& node = *cell(group).load();
    if (node.row) return;
    constexpr std::size_t kInLine = 8;
    if (node.size <= 4 * halves.size()) {
      for (std::size_t at = kInLine; at < node.size; at += kInLine)
        __builtin_prefetch(node.keys() + at);
    } else {
      for (const std::uint32_t half : halves) __builtin_prefetch(node.keys() + guess(node, half));
    }
  }

  // Calls `found(entry)` for the members without a second word, and for those whose second word may
  // be one of a post: `halves` are the ends of the post's hashes, `may_be(half)` is whether it is
  // one.
  template <class MayBe, class Found>
  void candidates(GroupRef group, std::span<const std::uint32_t> halves, MayBe may_be,
                  Found found) const {
    const Node& node = *cell(group).load();
    if (!node.row && node.size <= 4 * halves.size()) {
      for (const std::uint64_t key : node.all()) {
        const Member member = Member::of(key);
        if (member.second == 0 || may_be(member.second)) found(member.entry);
      }
      return;
    }
    with_second(node, 0, found);
    for (const std::uint32_t half : halves)
      if (half != 0) with_second(node, half, found);
  }
  // Calls `found(entry)` for those with this second word.
  template <class Found>
  void with_second(GroupRef group, std::uint32_t second, Found found) const {
    with_second(*cell(group).load(), second, found);
  }

 private:
  static constexpr std::uint32_t kBlockMax = 512;
  static constexpr std::uint32_t kChunkBits = 12;
  static constexpr std::uint32_t kChunkCells = 1U << kChunkBits;
  static constexpr std::size_t kChunks = 1U << 13;  // 32 million groups
  using Cells = std::array<std::atomic<Node*>, kChunkCells>;

  // Where a key that begins so is likely to be: the hashes are spread evenly.
  static std::size_t guess(const Node& block, std::uint32_t second) {
    return static_cast<std::size_t>(std::uint64_t{second} * block.size >> 32);
  }
  // The first key of the block that is not smaller; the hashes are spread evenly, so it is near.
  static std::size_t lower_bound(const Node& block, std::uint64_t key);

  template <class Found>
  static void with_second(const Node& node, std::uint32_t second, Found found) {
    const std::uint64_t first = std::uint64_t{second} << 32;
    const std::uint64_t last = first | 0xFFFFFFFFu;
    if (!node.row) return in_block(node, first, last, found);
    for (std::size_t at = block_of(node, first); at < node.size; ++at) {
      const Node& block = *node.blocks()[at];
      if (block.keys()[0] > last) return;
      in_block(block, first, last, found);
    }
  }
  template <class Found>
  static void in_block(const Node& block, std::uint64_t first, std::uint64_t last, Found found) {
    for (std::size_t at = lower_bound(block, first); at < block.size; ++at) {
      if (block.keys()[at] > last) return;
      found(Member::of(block.keys()[at]).entry);
    }
  }
  // The block in which a key is, or would be.
  static std::size_t block_of(const Node& row, std::uint64_t key);

  GroupRef place(Node* node);
  static Node* make_node(std::uint32_t size, bool row);
  static Node* make_block(std::span<const std::uint64_t> keys);
  void retire(Node* node);
  std::atomic<Node*>& cell(GroupRef group) const {
    return (
        *chunks_[group >> kChunkBits].load(std::memory_order_acquire))[group & (kChunkCells - 1)];
  }
  void replace_block(std::atomic<Node*>& cell, std::size_t at, std::span<Node* const> by);

  Reclaimer& reclaimer_;
  std::array<std::atomic<Cells*>, kChunks> chunks_{};
  GroupRef next_ = 0;
  std::vector<GroupRef> free_;
};

}  // namespace bridge::track
