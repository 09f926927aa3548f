// FairQueue: bounded classes served by weighted deficit round robin.
// Source: M. Shreedhar, G. Varghese, "Efficient Fair Queuing Using Deficit Round Robin", 1996.
//
// Each class is a FIFO with its own capacity; a full one refuses (push returns false) and its owner
// keeps the item elsewhere. Over any busy period a class gets at least its share by weight less one
// quantum and the largest cost. A class that was idle gets no credit for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace throttle {

struct ClassOptions {
  std::uint32_t weight = 1;   // at least 1
  std::size_t capacity = 0;   // items
};

template <class T>
class FairQueue {
 public:
  // quantum: cost units given to a class of weight 1 per round.
  FairQueue(std::span<const ClassOptions> classes, std::uint64_t quantum);

  bool push(std::size_t class_index, T item, std::uint64_t cost);
  // The next item in fair order with the class it came from; nullopt when all are empty.
  std::optional<std::pair<std::size_t, T>> pop();

  bool empty() const;
  std::size_t size(std::size_t class_index) const;
};

}  // namespace throttle
