// How long to wait before the next attempt: doubling, bounded, with jitter.
//
//   Backoff backoff({.first = 100ms, .max = 10s}, seed);
//   retry_at = now + backoff.next();  ...  backoff.reset();
//
// The jitter takes up to half off, so that many clients of one bridge do not return in step. Knows
// no clock. For one owner.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace bridge::client {

struct BackoffOptions {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds max{10'000};
};

class Backoff {
 public:
  Backoff(BackoffOptions options, std::uint64_t seed)
      : options_(options), wait_(options.first), random_(seed) {}

  std::chrono::milliseconds next() {
    const auto wait = jittered(wait_);
    wait_ = std::min(wait_ * 2, options_.max);
    return wait;
  }

  // A wait around this one, whatever was before.
  std::chrono::milliseconds jittered(std::chrono::milliseconds wait) {
    std::uniform_int_distribution<std::int64_t> any(wait.count() / 2, wait.count());
    return std::chrono::milliseconds(any(random_));
  }

  void reset() { wait_ = options_.first; }

 private:
  const BackoffOptions options_;
  std::chrono::milliseconds wait_;
  std::mt19937_64 random_;
};

}  // namespace bridge::client
