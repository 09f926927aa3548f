// When to write the next checkpoint: regularly, and early when so many people have changed that one
// which waits would take long, since it takes as long as there are people in it. Early ones have a
// budget of time, for the same hot people change again and again: without it they
// halved what a flood could deliver.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "bridge/base/time.h"

namespace bridge::fanout {

class CheckpointPace {
 public:
  static constexpr std::size_t kMany = 1024;  // changed people
  // An early one waits so many times as long as the last one took: 2 % of the thread.
  static constexpr int kRest = 50;

  CheckpointPace(std::chrono::milliseconds every, base::Time start)
      : every_(every), regular_(start + every), early_(start) {}

  bool due(base::Time now, std::size_t changed) const {
    return now >= regular_ || (changed >= kMany && now >= early_);
  }
  // The next regular one: nobody needs to wake up for an early one, which comes of work.
  base::Time regular() const { return regular_; }

  // After one that failed there is no hurry.
  void written(base::Time began, base::Time ended, bool well) {
    regular_ = began + every_;
    early_ = well ? ended + kRest * (ended - began) : regular_;
  }

 private:
  std::chrono::milliseconds every_;
  base::Time regular_, early_;
};

}  // namespace bridge::fanout
