// The website seen from outside: its numbers, and whether all is well. Taken by its loop, for
// gateway/common/watch.h to show.
#pragma once

#include <string>

#include "bridge/base/loop_meter.h"
#include "bridge/base/metrics.h"
#include "bridge/client/zmq_backbone.h"
#include "gateway/web/server.h"
#include "gateway/web/site.h"

namespace gateway::web {

struct WatchedParts {
  const Site& site;
  const Server& server;
  const bridge::client::ZmqBackbone& backbone;
  const bridge::base::LoopMeter& meter;
};

// Everything that /metrics tells.
bridge::base::Metrics metrics_of(const WatchedParts& parts, bridge::base::Time now);
// A sentence, or empty. The bridge's absence is trouble, though pages go on being served.
std::string trouble_of(const WatchedParts& parts);

}  // namespace gateway::web
