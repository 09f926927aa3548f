// Backoff: how long to wait before the next attempt to connect. Doubles with each attempt, with
// jitter, so that neither one restless server nor many gateways at once are hammered.
//
// Pure and seeded: the same seed gives the same delays. Sleeps never.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace gateway::xmpp {

class Backoff {
 public:
  using Duration = std::chrono::milliseconds;

  // Delays grow from `first` to `longest`; each is shortened at random by up to half.
  Backoff(Duration first, Duration longest, std::uint64_t seed)
      : first_(first), longest_(longest), next_(first), random_(seed) {}

  Duration next();
  // After a connection that held.
  void reset() { next_ = first_; }

 private:
  const Duration first_;
  const Duration longest_;
  Duration next_;
  std::mt19937_64 random_;
};

}  // namespace gateway::xmpp
