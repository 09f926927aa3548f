// FairQueue: bounded classes served by weighted deficit round robin.
// Source: M. Shreedhar, G. Varghese, "Efficient Fair Queuing Using Deficit Round Robin", 1996.
//
//   FairQueue<Job> queue(std::array{ClassOptions{8, 100}, ClassOptions{1, 1000}}, 500);
//   if (!queue.push(kFollow, job, job.cost)) keep_only_the_cursor(job);
//   while (auto next = queue.pop()) ...
//
// Each class is a FIFO with its own capacity; a full one refuses (push returns false) and its owner
// keeps the item elsewhere. Over any busy period a class gets at least its share by weight less one
// quantum and the largest cost; a reserve is a share that no lowering of the weight takes away. A
// class that was idle gets no credit for it, but for at most `catch_up` of the rounds it missed, at
// once when it comes back; one that was held (paused) gets none.
//
// For a handful of classes: pop() looks at each of them at most twice. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "throttle/require.h"

namespace throttle {

struct ClassOptions {
  std::uint32_t weight = 1;    // at least 1
  std::size_t capacity = 0;    // items
  std::uint64_t reserve = 0;   // cost units a round at least, whatever the weight
  std::uint32_t catch_up = 0;  // rounds it may make up for when it comes back from idling
};

template <class T>
class FairQueue {
 public:
  // A greater cost counts as this much; so no sum of deficits can overflow.
  static constexpr std::uint64_t kCostMax = std::uint64_t{1} << 62;
  static constexpr std::uint64_t kQuantumMax = std::uint64_t{1} << 31;
  static constexpr std::uint32_t kCatchUpMax = 1024;

  // quantum: cost units given to a class of weight 1 per round; 1..kQuantumMax.
  FairQueue(std::span<const ClassOptions> classes, std::uint64_t quantum)
      : quantum_(quantum), classes_(classes.size()) {
    require(quantum >= 1 && quantum <= kQuantumMax, "a fair queue's quantum is 1..kQuantumMax");
    for (std::size_t i = 0; i < classes.size(); ++i) set_options(i, classes[i]);
  }

  // False when the class is full: nothing was taken.
  bool push(std::size_t class_index, T item, std::uint64_t cost) {
    Class& queue = classes_.at(class_index);
    if (queue.items.size() >= queue.options.capacity) return false;
    if (queue.items.empty() && !queue.held)
      queue.deficit =
          std::min<std::uint64_t>(queue.options.catch_up, round_ - queue.emptied) * share(queue);
    queue.items.emplace_back(std::min(cost, kCostMax), std::move(item));
    return true;
  }

  // The next item in fair order with the class it came from; nullopt when all are empty (or held).
  std::optional<std::pair<std::size_t, T>> pop() {
    if (std::none_of(classes_.begin(), classes_.end(), ready)) return std::nullopt;
    for (;;) {
      for (std::size_t i = 0; i <= classes_.size(); ++i, leave()) {
        if (enter()) return take();
      }
      // Nobody could afford their first item in a whole round: grant the idle rounds in one step.
      grant_rounds();
    }
  }

  // New weight and capacity from the next pop and push on; items above the capacity stay.
  void set_options(std::size_t class_index, const ClassOptions& options) {
    require(options.weight >= 1, "a class's weight is at least 1");
    require(options.reserve <= kQuantumMax && options.catch_up <= kCatchUpMax,
            "a class's reserve is at most kQuantumMax, its catch-up at most kCatchUpMax");
    classes_.at(class_index).options = options;
  }

  // A held class is passed over and keeps its items; for when there is credit for others only.
  void hold(std::size_t class_index, bool held) {
    classes_.at(class_index).held = held;
    if (held) forfeit(class_index);
  }

  bool empty() const {
    return std::all_of(classes_.begin(), classes_.end(),
                       [](const Class& queue) { return queue.items.empty(); });
  }
  std::size_t size(std::size_t class_index) const { return classes_.at(class_index).items.size(); }

 private:
  struct Class {
    ClassOptions options;
    std::deque<std::pair<std::uint64_t, T>> items;  // cost, item
    std::uint64_t deficit = 0;                      // cost units it may still spend
    std::uint64_t emptied = 0;                      // in which round
    bool held = false;
  };

  static bool ready(const Class& queue) { return !queue.held && !queue.items.empty(); }

  std::uint64_t share(const Class& queue) const {
    return std::max(quantum_ * queue.options.weight, queue.options.reserve);
  }

  // Gives the class at the cursor its quantum, once per visit; true when it can afford an item.
  bool enter() {
    Class& queue = classes_[cursor_];
    if (!ready(queue)) return false;
    if (!granted_) queue.deficit += share(queue);
    granted_ = true;
    return queue.items.front().first <= queue.deficit;
  }

  void leave() {
    cursor_ = (cursor_ + 1) % classes_.size();
    if (cursor_ == 0) ++round_;
    granted_ = false;
  }

  std::pair<std::size_t, T> take() {
    Class& queue = classes_[cursor_];
    std::pair<std::size_t, T> taken{cursor_, std::move(queue.items.front().second)};
    queue.deficit -= queue.items.front().first;
    queue.items.pop_front();
    if (queue.items.empty()) forfeit(cursor_);
    return taken;
  }

  void forfeit(std::size_t class_index) {
    classes_[class_index].deficit = 0;
    classes_[class_index].emptied = round_;
    if (class_index == cursor_ && granted_) leave();
  }

  // As many rounds as the nearest class needs, less the one that pop() is about to make.
  void grant_rounds() {
    std::uint64_t rounds = kCostMax;
    for (const Class& queue : classes_) {
      if (!ready(queue)) continue;
      const std::uint64_t cost = queue.items.front().first;
      const std::uint64_t missing = cost > queue.deficit ? cost - queue.deficit : 0;
      rounds = std::min(rounds, missing == 0 ? 0 : (missing - 1) / share(queue));
    }
    for (Class& queue : classes_) {
      if (ready(queue)) queue.deficit += rounds * share(queue);
    }
  }

  const std::uint64_t quantum_;
  std::vector<Class> classes_;
  std::size_t cursor_ = 0;  // the class being visited
  bool granted_ = false;    // it has had its quantum in this visit
  std::uint64_t round_ = 0;
};

}  // namespace throttle
