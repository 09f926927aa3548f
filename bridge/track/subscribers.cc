#include "bridge/track/subscribers.h"

#include <algorithm>
#include <stdexcept>

namespace bridge::track {

Subscribers::Place Subscribers::first_after(SubscriptionNumber number) const {
  const auto block = std::ranges::partition_point(
      blocks_, [&](const auto& each) { return each->numbers.back() <= number; });
  if (block == blocks_.end()) return {blocks_.size(), 0};
  const auto& numbers = (*block)->numbers;
  const auto at = std::ranges::upper_bound(numbers, number);
  return {static_cast<std::size_t>(block - blocks_.begin()),
          static_cast<std::size_t>(at - numbers.begin())};
}

void Subscribers::add(SubscriptionNumber number, Listener who) {
  if (!blocks_.empty() && blocks_.back()->numbers.back() >= number)
    throw std::logic_error("subscription numbers ascend");
  if (blocks_.empty() || blocks_.back()->numbers.size() == kBlockMax)
    blocks_.push_back(std::make_unique<Block>());
  blocks_.back()->numbers.push_back(number);
  blocks_.back()->who.push_back(who);
  ++size_;
}

bool Subscribers::remove(SubscriptionNumber number) {
  if (number == 0) return false;
  const Place place = first_after(number - 1);
  if (place.block == blocks_.size()) return false;
  Block& block = *blocks_[place.block];
  if (block.numbers[place.index] != number) return false;
  block.numbers.erase(block.numbers.begin() + static_cast<std::ptrdiff_t>(place.index));
  block.who.erase(block.who.begin() + static_cast<std::ptrdiff_t>(place.index));
  --size_;
  compact(place.block);
  return true;
}

void Subscribers::compact(std::size_t at) {
  const auto erase = [this](std::size_t block) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(block));
  };
  if (blocks_[at]->numbers.empty()) return erase(at);
  const std::size_t next = at + 1;
  if (next == blocks_.size()) return;
  Block& left = *blocks_[at];
  const Block& right = *blocks_[next];
  if (left.numbers.size() + right.numbers.size() > kBlockMax / 2) return;
  left.numbers.insert(left.numbers.end(), right.numbers.begin(), right.numbers.end());
  left.who.insert(left.who.end(), right.who.begin(), right.who.end());
  erase(next);
}

SubscriptionNumber Subscribers::number_at(std::size_t rank) const {
  for (const auto& block : blocks_) {
    if (rank < block->numbers.size()) return block->numbers[rank];
    rank -= block->numbers.size();
  }
  throw std::out_of_range("there are not so many subscribers");
}

}  // namespace bridge::track
