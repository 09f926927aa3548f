// Subscribers: who listens to one thing, in the order in which they began.
//
//   list.add(number, who);  list.visit({.after = reached, .before = post}, 256, [&](number, who)
//   {});
//
// A place in the list is a subscription number (the id of the record that made it), never an
// index: whoever has come half-way goes on where they were, whatever was added, removed or
// compacted meanwhile. Kept in blocks, so that removing one of a million moves a thousand; a block
// that has become small joins its neighbour. 12 bytes a subscriber. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace bridge::track {

using Listener = std::uint32_t;  // a person's number; opaque here
using SubscriptionNumber = std::uint64_t;

class Subscribers {
 public:
  static constexpr std::size_t kBlockMax = 1024;

  // Numbers ascend.
  void add(SubscriptionNumber number, Listener who);
  // False when there is none of that number.
  bool remove(SubscriptionNumber number);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Of the rank-th, from 0; rank < size().
  SubscriptionNumber number_at(std::size_t rank) const;

  // Both excluded.
  struct Range {
    SubscriptionNumber after = 0;
    SubscriptionNumber before = ~SubscriptionNumber{0};
  };
  // Calls `visit(number, who)` for the first `max` in the range. True when there may be more.
  template <class Visit>
  bool visit(Range range, std::size_t max, Visit&& visit) const {
    const Place from = first_after(range.after);
    std::size_t index = from.index;
    for (std::size_t block = from.block; block < blocks_.size(); ++block, index = 0) {
      const Block& entries = *blocks_[block];
      for (; index < entries.numbers.size(); ++index) {
        if (entries.numbers[index] >= range.before) return false;
        if (max-- == 0) return true;
        visit(entries.numbers[index], entries.who[index]);
      }
    }
    return false;
  }

 private:
  struct Block {
    std::vector<SubscriptionNumber> numbers;
    std::vector<Listener> who;
  };
  struct Place {
    std::size_t block = 0;
    std::size_t index = 0;
  };

  Place first_after(SubscriptionNumber number) const;
  void compact(std::size_t block);

  std::vector<std::unique_ptr<Block>> blocks_;  // none empty
  std::size_t size_ = 0;
};

}  // namespace bridge::track
