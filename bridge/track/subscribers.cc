#include "bridge/track/subscribers.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <vector>

namespace bridge::track {
namespace {

using Block = SubscriberBlock;

Block& make_block(std::size_t capacity) {
  constexpr std::size_t kEntry = sizeof(SubscriptionNumber) + sizeof(Listener);
  auto* block = new (::operator new(sizeof(Block) + capacity * kEntry)) Block;
  block->capacity = static_cast<std::uint32_t>(capacity);
  return *block;
}

void free_block(Block& block) {
  ::operator delete(&block);
}

void append(Block& to, const Block& from) {
  std::copy_n(from.numbers(), from.size, to.numbers() + to.size);
  std::copy_n(from.who(), from.size, to.who() + to.size);
  to.size += from.size;
}

void erase(Block& block, std::size_t at) {
  const std::size_t behind = block.size - at - 1;
  std::copy_n(block.numbers() + at + 1, behind, block.numbers() + at);
  std::copy_n(block.who() + at + 1, behind, block.who() + at);
  --block.size;
}

// Steps of a quarter: an eighth stands empty, on average.
std::size_t more_than(std::size_t capacity) {
  return std::min(Subscribers::kBlockMax, capacity + std::max<std::size_t>(1, capacity / 4));
}

SubscriptionNumber last_of(const Block& block) {
  return block.numbers()[block.size - 1];
}

}  // namespace

// ---- reading -----------------------------------------------------------------------------------

struct SubscriberList::Row {
  std::vector<Block*> blocks;
  std::size_t size = 0;
};

std::size_t SubscriberList::blocks() const {
  return is_row() ? row().blocks.size() : root_ == 0 ? 0 : 1;
}

Block& SubscriberList::block(std::size_t at) const {
  return is_row() ? *row().blocks[at] : *reinterpret_cast<Block*>(root_);
}

std::size_t SubscriberList::size() const {
  return is_row() ? row().size : root_ == 0 ? 0 : block(0).size;
}

SubscriberList::Place SubscriberList::first_after(SubscriptionNumber number) const {
  std::size_t begin = 0;
  std::size_t end = blocks();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    if (last_of(block(middle)) <= number)
      begin = middle + 1;
    else
      end = middle;
  }
  if (begin == blocks()) return {begin, 0};
  const Block& there = block(begin);
  const SubscriptionNumber* numbers = there.numbers();
  const auto* at = std::upper_bound(numbers, numbers + there.size, number);
  return {begin, static_cast<std::size_t>(at - numbers)};
}

SubscriptionNumber SubscriberList::number_at(std::size_t rank) const {
  for (std::size_t at = 0; at < blocks(); ++at) {
    if (rank < block(at).size) return block(at).numbers()[rank];
    rank -= block(at).size;
  }
  throw std::out_of_range("there are not so many subscribers");
}

// ---- changing ----------------------------------------------------------------------------------

Subscribers::Subscribers(std::span<const Subscriber> all) : SubscriberList(0) {
  const auto fill = [](std::span<const Subscriber> some) {
    Block& block = make_block(some.size());
    for (const Subscriber& each : some) {
      block.numbers()[block.size] = each.number;
      block.who()[block.size] = each.who;
      ++block.size;
    }
    return &block;
  };
  if (all.empty()) return;
  if (all.size() <= kBlockMax) {
    put(0, *fill(all));
    return;
  }
  auto* blocks = new Row;
  root_ = reinterpret_cast<std::uintptr_t>(blocks) | 1;
  blocks->size = all.size();
  for (; !all.empty(); all = all.subspan(std::min(all.size(), kBlockMax)))
    blocks->blocks.push_back(fill(all.first(std::min(all.size(), kBlockMax))));
}

Subscribers::~Subscribers() {
  for (std::size_t at = 0; at < blocks(); ++at) free_block(block(at));
  if (is_row()) delete &row();
}

void Subscribers::put(std::size_t at, Block& block) {
  if (is_row())
    row().blocks[at] = &block;
  else
    root_ = reinterpret_cast<std::uintptr_t>(&block);
}

void Subscribers::resize(std::size_t at, std::size_t capacity) {
  Block& old = block(at);
  Block& moved = make_block(capacity);
  append(moved, old);
  free_block(old);
  put(at, moved);
}

void Subscribers::append_block() {
  if (empty()) return put(0, make_block(2));
  if (!is_row()) {
    auto* one = new Row;
    one->size = block(0).size;
    one->blocks.push_back(&block(0));
    root_ = reinterpret_cast<std::uintptr_t>(one) | 1;
  }
  row().blocks.push_back(&make_block(kBlockMax / 8));
}

void Subscribers::add(SubscriptionNumber number, Listener who) {
  if (!empty() && last_of(block(blocks() - 1)) >= number)
    throw std::logic_error("subscription numbers ascend");
  if (empty() || block(blocks() - 1).size == kBlockMax) append_block();
  const std::size_t at = blocks() - 1;
  if (block(at).size == block(at).capacity) resize(at, more_than(block(at).capacity));
  Block& last = block(at);
  last.numbers()[last.size] = number;
  last.who()[last.size] = who;
  ++last.size;
  if (is_row()) ++row().size;
}

bool Subscribers::remove(SubscriptionNumber number) {
  if (number == 0) return false;
  const Place place = first_after(number - 1);
  if (place.block == blocks()) return false;
  Block& there = block(place.block);
  if (there.numbers()[place.index] != number) return false;
  erase(there, place.index);
  if (is_row()) --row().size;
  compact(place.block);
  return true;
}

void Subscribers::drop_block(std::size_t at) {
  free_block(block(at));
  if (!is_row()) {
    root_ = 0;
    return;
  }
  auto& all = row().blocks;
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
  if (all.size() > 1) return;
  Block* last = all.front();
  delete &row();
  root_ = reinterpret_cast<std::uintptr_t>(last);
}

void Subscribers::compact(std::size_t at) {
  if (block(at).size == 0) return drop_block(at);
  if (block(at).size < block(at).capacity / 2) resize(at, block(at).size);
  const std::size_t next = at + 1;
  if (next >= blocks()) return;
  const std::size_t together = block(at).size + block(next).size;
  if (together > kBlockMax / 2) return;
  if (block(at).capacity < together) resize(at, together);
  append(block(at), block(next));
  drop_block(next);
}

}  // namespace bridge::track
