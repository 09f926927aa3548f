// The two clocks. Main loops read them once a turn; everything below takes them as arguments.
#pragma once

#include <chrono>
#include <cstdint>

namespace bridge::base {

// Monotonic: for measuring, limits and timeouts. The same type as throttle::Time.
using Time = std::chrono::steady_clock::time_point;

// Milliseconds since the Unix epoch: only for what a person will see, and for the log's records.
using WallMs = std::int64_t;

// Both clocks, read together.
struct Now {
  Time mono;
  WallMs wall_ms = 0;
};

inline Now read_clocks() {
  return {std::chrono::steady_clock::now(), std::chrono::duration_cast<std::chrono::milliseconds>(
                                                std::chrono::system_clock::now().time_since_epoch())
                                                .count()};
}

}  // namespace bridge::base
