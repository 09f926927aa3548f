// Subscribers: who listens to one thing, in the order in which they began.
//
//   list.add(number, who);  list.visit({.after = reached, .before = post}, 256, [&](number, who)
//   {});
//
// A place in the list is a subscription number (the id of the record that made it), never an
// index: whoever has come half-way goes on where they were, whatever was added, removed or
// compacted meanwhile. One block of 12 bytes a subscriber while the list is short; a row of them
// when it is long, so that removing one of a million moves a thousand, and a block that has become
// small joins its neighbour. One pointer when it is empty. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace bridge::track {

using Listener = std::uint32_t;  // a person's number; opaque here
using SubscriptionNumber = std::uint64_t;

struct Subscriber {
  SubscriptionNumber number = 0;
  Listener who = 0;
};

// Ascending numbers and whose they are: two rows in one piece of memory, behind this head.
struct SubscriberBlock {
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;

  SubscriptionNumber* numbers() { return reinterpret_cast<SubscriptionNumber*>(this + 1); }
  const SubscriptionNumber* numbers() const {
    return reinterpret_cast<const SubscriptionNumber*>(this + 1);
  }
  Listener* who() { return reinterpret_cast<Listener*>(numbers() + capacity); }
  const Listener* who() const { return reinterpret_cast<const Listener*>(numbers() + capacity); }
};

// What can be read of a list that somebody else keeps. Valid until the list changes.
class SubscriberList {
 public:
  std::size_t size() const;
  bool empty() const { return root_ == 0; }
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
    const std::size_t end = blocks();
    std::size_t index = from.index;
    for (std::size_t at = from.block; at < end; ++at, index = 0) {
      const SubscriberBlock& entries = block(at);
      for (; index < entries.size; ++index) {
        if (entries.numbers()[index] >= range.before) return false;
        if (max-- == 0) return true;
        visit(entries.numbers()[index], entries.who()[index]);
      }
    }
    return false;
  }

 protected:
  struct Row;  // of blocks, none empty
  struct Place {
    std::size_t block = 0;
    std::size_t index = 0;
  };

  explicit SubscriberList(std::uintptr_t root) : root_(root) {}
  bool is_row() const { return (root_ & 1) != 0; }
  Row& row() const { return *reinterpret_cast<Row*>(root_ - 1); }
  std::size_t blocks() const;
  SubscriberBlock& block(std::size_t at) const;
  Place first_after(SubscriptionNumber number) const;

  std::uintptr_t root_;  // nothing; a block; or a row of them, with the lowest bit set

  friend class Listeners;
};

class Subscribers : public SubscriberList {
 public:
  static constexpr std::size_t kBlockMax = 1024;

  Subscribers() : SubscriberList(0) {}
  // By number, ascending; in exactly as much memory.
  explicit Subscribers(std::span<const Subscriber> all);
  ~Subscribers();
  Subscribers(Subscribers&& other) noexcept : SubscriberList(std::exchange(other.root_, 0)) {}
  Subscribers& operator=(Subscribers&& other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }

  // Numbers ascend.
  void add(SubscriptionNumber number, Listener who);
  // False when there is none of that number.
  bool remove(SubscriptionNumber number);

  // Its one pointer, for whoever keeps many lists in bytes of their own. What was released has to
  // be adopted again.
  std::uintptr_t release() { return std::exchange(root_, 0); }
  static Subscribers adopt(std::uintptr_t root) { return Subscribers(root); }

 private:
  explicit Subscribers(std::uintptr_t root) : SubscriberList(root) {}
  void put(std::size_t at, SubscriberBlock& block);
  void resize(std::size_t at, std::size_t capacity);
  void append_block();
  void drop_block(std::size_t at);
  void compact(std::size_t at);
};

// Who listens to a phrase: the one, or the list. Valid until the index changes.
class Listeners {
 public:
  using Range = SubscriberList::Range;

  Listeners(SubscriptionNumber number, Listener who) : list_(0), number_(number), who_(who) {}
  Listeners(const SubscriberList& list) : list_(list) {}  // NOLINT(google-explicit-constructor)
  static Listeners of_root(std::uintptr_t root) { return Listeners(SubscriberList(root)); }

  std::size_t size() const { return list_.empty() ? (number_ != 0 ? 1 : 0) : list_.size(); }
  SubscriptionNumber number_at(std::size_t rank) const {
    return list_.empty() ? number_ : list_.number_at(rank);
  }
  // As SubscriberList::visit.
  template <class Visit>
  bool visit(Range range, std::size_t max, Visit&& visit) const {
    if (!list_.empty()) return list_.visit(range, max, visit);
    if (number_ == 0 || number_ <= range.after || number_ >= range.before) return false;
    if (max == 0) return true;
    visit(number_, who_);
    return false;
  }

 private:
  SubscriberList list_;  // empty: it is the one below, if any
  SubscriptionNumber number_ = 0;
  Listener who_ = 0;
};

}  // namespace bridge::track
