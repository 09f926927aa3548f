// LoopMeter: how long the turns of a thread's loop take, seen from other threads.
//
//   meter.begin(now);  ...the turn...  meter.end(steady_clock::now());  wait();
//
// longest() is the longest turn of the last minute or two, long enough that nobody who looks every
// so often misses one. busy_for() tells of a turn that does not end. One thread writes.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

#include "bridge/base/time.h"

namespace bridge::base {

class LoopMeter {
 public:
  static constexpr std::chrono::seconds kWindow{60};
  // Loops turn in milliseconds. A turn of this length is one that will not end by itself.
  static constexpr std::chrono::seconds kStuck{10};

  // The loop's thread only.
  void begin(Time now) {
    if (now - window_start_ >= kWindow) {
      // A window that nothing was recorded in is no memory of the one before it.
      const bool next = now - window_start_ < 2 * kWindow;
      previous_.store(next ? current_.load(kRelaxed) : 0, kRelaxed);
      current_.store(0, kRelaxed);
      window_start_ = now;
    }
    begun_ = now;
    busy_since_.store(now.time_since_epoch().count(), kRelaxed);
  }
  void end(Time now) {
    current_.store(std::max(current_.load(kRelaxed), (now - begun_).count()), kRelaxed);
    busy_since_.store(0, kRelaxed);
  }

  // Any thread.
  Time::duration longest() const {
    return Time::duration(std::max(current_.load(kRelaxed), previous_.load(kRelaxed)));
  }
  // How long the turn at hand has lasted; zero between turns.
  Time::duration busy_for(Time now) const {
    const Time::rep since = busy_since_.load(kRelaxed);
    if (since == 0) return {};
    return std::max(now - Time(Time::duration(since)), Time::duration{});
  }

 private:
  static constexpr auto kRelaxed = std::memory_order_relaxed;

  Time window_start_{};
  Time begun_{};
  std::atomic<Time::rep> current_{0};
  std::atomic<Time::rep> previous_{0};
  std::atomic<Time::rep> busy_since_{0};
};

}  // namespace bridge::base
