// SignInLimit: how often one place may try a code, before the bridge is asked at all.
//
//   if (const auto wait = limit.wait(asker_of(peer), now)) refuse("Try again in …");
//   if (!signed_in) limit.charge(asker_of(peer), now);
//
// Five wrong codes at once from one asker (doorman.h: an address, or an IPv6 network of 64 bits,
// since one person has all of it), then one every twelve seconds; right ones cost nothing. Another
// one counts likewise how often somebody is to be asked in chat. Bounded:
// at `askers_max` busy ones further ones share a bucket (throttle/keyed_limiter.h). The bridge
// has a limit of its own, for everybody together. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/base/time.h"
#include "throttle/keyed_limiter.h"

namespace gateway::web {

class SignInLimit {
 public:
  explicit SignInLimit(std::size_t askers_max = 65'536) : limiter_(askers_max) {}

  // nullopt: go ahead.
  std::optional<std::chrono::milliseconds> wait(std::string_view asker, bridge::base::Time now);
  void charge(std::string_view asker, bridge::base::Time now);

 private:
  throttle::KeyedLimiter limiter_;
};

}  // namespace gateway::web
