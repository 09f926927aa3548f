// The gateway seen from outside: its numbers, and whether it can do its work. Taken by its loop,
// for gateway/common/watch.h to show.
#pragma once

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

// Everything that /metrics tells.
bridge::base::Metrics metrics_of(const WatchedParts& parts, bridge::base::Time now);
// Why the gateway cannot do its work now, in a sentence; empty when it can.
std::string trouble_of(const WatchedParts& parts);

}  // namespace gateway
