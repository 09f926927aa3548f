// Watch: the gateway seen from outside. Its loop shows what it counts ten times a second; whoever
// asks, on another thread, gets the last that was shown.
//
//   watch.show(parts, now);                        // the loop, once a turn
//   watch.describe(metrics);  watch.trouble(now);  // the exporter
//
// So nothing the loop works with is ever touched by another thread, and a loop that is stuck is
// seen by what it no longer shows.
#pragma once

#include <mutex>
#include <string>

#include "bridge/base/loop_meter.h"
#include "bridge/base/metrics.h"
#include "bridge/base/time.h"
#include "bridge/client/zmq_backbone.h"
#include "gateway/xmpp/gateway.h"
#include "gateway/xmpp/strophe_component.h"

namespace gateway {

// What there is to be seen.
struct WatchedParts {
  xmpp::Gateway& gateway;
  const xmpp::StropheComponent& component;
  const bridge::client::ZmqBackbone& backbone;
  const xmpp::WindowSettings& window;
  const bridge::base::LoopMeter& meter;
};

class Watch {
 public:
  static constexpr std::chrono::milliseconds kEvery{100};

  // The loop's thread. Takes the numbers only when they are due, or when the health changed.
  void show(const WatchedParts& parts, bridge::base::Time now);

  // Any thread.
  void describe(bridge::base::Metrics& metrics) const;
  // Why it does not serve, in a sentence; empty when it does.
  std::string trouble(bridge::base::Time now) const;

 private:
  bridge::base::Time next_{};  // the loop's

  mutable std::mutex mutex_;  // what follows
  bridge::base::Metrics metrics_;
  std::string trouble_ = "It has not started yet.";
  bridge::base::Time shown_{};
};

// Why the gateway cannot do its work now, in a sentence; empty when it can.
std::string trouble_of(const WatchedParts& parts);

}  // namespace gateway
