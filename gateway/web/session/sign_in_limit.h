// SignInLimit: how often one place may try a code, before the bridge is asked at all.
//
//   if (const auto wait = limit.wait("192.0.2.7", now)) refuse("Try again in …");
//   if (!signed_in) limit.failed("192.0.2.7", now);
//
// Five wrong codes at once from one address, then one every twelve seconds; right ones cost
// nothing. An IPv6 network of 64 bits counts as one, since one person has all of it. Bounded: at
// `addresses_max` busy addresses further ones share a bucket (throttle/keyed_limiter.h). The bridge
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
  explicit SignInLimit(std::size_t addresses_max = 65'536) : limiter_(addresses_max) {}

  // nullopt: go ahead.
  std::optional<std::chrono::milliseconds> wait(std::string_view address, bridge::base::Time now);
  void failed(std::string_view address, bridge::base::Time now);

 private:
  throttle::KeyedLimiter limiter_;
};

// The part of an IP address that stands for one visitor.
std::string network_of(std::string_view address);

}  // namespace gateway::web
