// Agenda: the virtual clock and everything that is going to happen, in one order.
//
//   agenda.after(5ms, [&] { ... });   while (agenda.step()) continue;
//
// What is due at the same moment happens in the order in which it was entered. Time moves only
// between two entries, so nothing here waits for anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "bridge/base/time.h"

namespace tests::sim {

using bridge::base::Time;
using std::chrono::microseconds;
using std::chrono::milliseconds;

class Agenda {
 public:
  using Action = std::function<void()>;

  Time now() const { return now_; }
  bridge::base::Now clocks() const;
  // Somebody sets the wall clock.
  void set_wall_clock(milliseconds ahead) { ahead_ = ahead; }
  milliseconds elapsed() const;
  std::uint64_t steps() const { return steps_; }

  void at(Time when, Action action);
  void after(microseconds delay, Action action) { at(now_ + delay, std::move(action)); }

  // Does the next entry; false when there is none.
  bool step();

 private:
  struct Entry {
    Time when;
    std::uint64_t order = 0;
    Action action;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.order > b.order;
  }

  milliseconds ahead_{0};
  Time now_ = Time{} + std::chrono::hours(1);
  std::vector<Entry> heap_;
  std::uint64_t next_order_ = 0;
  std::uint64_t steps_ = 0;
};

// Lifetime: entries of whoever owns one do nothing once the owner is gone.
//
//   agenda.after(1s, lifetime_.while_alive([this] { retry(); }));
class Lifetime {
 public:
  template <class Action>
  Agenda::Action while_alive(Action action) const {
    return [alive = std::weak_ptr<char>(token_), action = std::move(action)] {
      if (!alive.expired()) action();
    };
  }
  // From now on, all entries so far do nothing.
  void renew() { token_ = std::make_shared<char>(); }

 private:
  std::shared_ptr<char> token_ = std::make_shared<char>();
};

}  // namespace tests::sim
