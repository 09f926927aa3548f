// RosterOrder: the people of one gateway, those who were served last first, as far as its pages
// have come: a heapsort that stops in between (Williams, "Algorithm 232: Heapsort", 1964). A
// million at once would hold up everybody else for longer than a page does.
//
//   RosterOrder order(std::move(people));
//   for (place = 0; place < order.size(); ++place) order.at(place);
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/track/subscribers.h"

namespace bridge::fanout {

class RosterOrder {
 public:
  // The record up to which they were served, and who it is.
  using Entry = std::pair<backbone::RecordId, track::Listener>;

  RosterOrder() = default;
  // Takes time in proportion to their number.
  explicit RosterOrder(std::vector<Entry> people) : people_(std::move(people)) {
    std::ranges::make_heap(people_);
  }

  std::size_t size() const { return people_.size(); }
  // At a place below size(). Orders as far as that.
  track::Listener at(std::size_t place) {
    for (; ordered_ <= place; ++ordered_)
      std::ranges::pop_heap(people_.begin(), people_.end() - static_cast<Offset>(ordered_));
    return people_[people_.size() - 1 - place].second;
  }

 private:
  using Offset = std::ptrdiff_t;

  // A heap, and behind it those who are in order, the first at the very end.
  std::vector<Entry> people_;
  std::size_t ordered_ = 0;
};

}  // namespace bridge::fanout
