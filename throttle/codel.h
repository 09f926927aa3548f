// Codel: whether a queue has a standing delay, and which of its items to divert.
// Source: K. Nichols, V. Jacobson, "Controlling Queue Delay", 2012. Like servers that handle
// requests, and unlike routers, it does not drop one item now and then: while there is a standing
// delay, whatever has waited too long is diverted.
//
//   Codel codel({.target = 5ms, .interval = 100ms});
//   if (codel.divert(now - item.queued_at, now)) to_backlog(item); else serve(item);
//
// A burst is no standing delay: only when even the *shortest* wait of an interval, of at least two
// items, was above the target are items diverted, and then only those that waited more than twice
// the target. The first interval in which one item waited less ends it. One thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "throttle/time.h"

namespace throttle {

struct CodelOptions {
  Duration target = std::chrono::milliseconds(5);
  Duration interval = std::chrono::milliseconds(100);
};

class Codel {
 public:
  explicit Codel(CodelOptions options = {}) : options_(options) {}

  // For each item as it is taken from the queue.
  bool divert(Duration waited, Time now) {
    if (now >= ends_) {
      standing_ = items_ >= kItemsMin && shortest_ > options_.target;
      ends_ = now + options_.interval;
      shortest_ = waited;
      items_ = 0;
    }
    shortest_ = std::min(shortest_, waited);
    if (items_ < kItemsMin) ++items_;
    return standing_ && waited > 2 * options_.target;
  }

  bool standing() const { return standing_; }
  // From the next interval on.
  void set_options(CodelOptions options) { options_ = options; }

 private:
  static constexpr std::uint32_t kItemsMin = 2;

  CodelOptions options_;
  Time ends_ = Time::min();  // of the interval
  Duration shortest_{0};     // wait in it
  std::uint32_t items_ = 0;  // in it, counted up to kItemsMin
  bool standing_ = false;    // there was a standing delay in the last one
};

}  // namespace throttle
