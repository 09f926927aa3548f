// Pipe<T>: one direction of a connection: in order, after a delay, bounded; it can stall, and what
// is in it can be lost.
//
//   Pipe<Message> pipe(stage, 64, [&](Message m) { ... });   pipe.send(message);   pipe.cut();
//
// `arrive` takes note and wakes somebody; it must not end the pipe.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "tests/sim/stage.h"

namespace tests::sim {

template <class T>
class Pipe {
 public:
  Pipe(Stage& stage, std::size_t capacity, std::function<void(T)> arrive)
      : stage_(stage), capacity_(capacity), arrive_(std::move(arrive)) {}

  // False when as much is under way as fits.
  bool send(T item) {
    if (in_flight_.size() >= capacity_) return false;
    Time due = stage_.agenda.now() + delay();
    if (!in_flight_.empty()) due = std::max(due, in_flight_.back().due);
    in_flight_.push_back({due, std::move(item)});
    if (in_flight_.size() == 1) schedule();
    return true;
  }

  bool empty() const { return in_flight_.empty(); }
  void stall(Time until) { stalled_until_ = std::max(stalled_until_, until); }
  void flow() {
    stalled_until_ = {};
    lifetime_.renew();
    if (!in_flight_.empty()) schedule();
  }
  bool stalled() const { return stage_.agenda.now() < stalled_until_; }

  // Whatever is under way is lost.
  void cut() { take(); }
  // Nothing is under way any more; what was, in order.
  std::deque<T> take() {
    std::deque<T> items;
    for (Item& item : in_flight_) items.push_back(std::move(item.value));
    in_flight_.clear();
    stalled_until_ = {};
    lifetime_.renew();
    return items;
  }

 private:
  struct Item {
    Time due;
    T value;
  };

  microseconds delay() {
    Dice& dice = stage_.dice;
    const bool slow = dice.chance(stage_.calm ? 0 : stage_.plan.slow_message);
    return dice.between(microseconds(50), microseconds(slow ? 400'000 : 4000));
  }

  void schedule() {
    const Time when = std::max(in_flight_.front().due, stalled_until_);
    stage_.agenda.at(when, lifetime_.while_alive([this] { run(); }));
  }

  void run() {
    if (stalled()) return schedule();
    T item = std::move(in_flight_.front().value);
    in_flight_.pop_front();
    if (!in_flight_.empty()) schedule();
    arrive_(std::move(item));
  }

  Stage& stage_;
  const std::size_t capacity_;
  const std::function<void(T)> arrive_;
  std::deque<Item> in_flight_;
  Time stalled_until_{};
  Lifetime lifetime_;
};

}  // namespace tests::sim
