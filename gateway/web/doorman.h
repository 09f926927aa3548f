// Doorman: a limit on requests of one address, before anything is looked up for them.
//
// An IPv6 address counts with its whole /64, an IPv4 address alone, also where it is written as
// IPv6
// (::ffff:192.0.2.1). What is over the limit is answered 429 with when to
// try again. One thread.
#pragma once

#include <string>

#include "gateway/web/http.h"
#include "throttle/keyed_limiter.h"
#include "throttle/policy.h"

namespace gateway::web {

class Doorman : public Handler {
 public:
  // The next handler must outlive it.
  Doorman(const throttle::Policy& policy, std::size_t keys, Handler& next)
      : policy_(policy), addresses_(keys), next_(next) {}

  void handle(const HttpRequest& request, Respond respond) override;

  std::uint64_t refused() const { return refused_; }

 private:
  const throttle::Policy policy_;
  throttle::KeyedLimiter addresses_;
  Handler& next_;
  std::uint64_t refused_ = 0;
};

// The part of an address that stands for one asker, however the address is written. What is no
// address stands for itself.
std::string asker_of(const std::string& address);

}  // namespace gateway::web
