// Watch: the website seen from outside, as /metrics and /healthz of the exporter show it.
//
// The loop shows its numbers every so often; the exporter's threads read the last ones shown.
#pragma once

#include <chrono>
#include <mutex>
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

class Watch {
 public:
  static constexpr std::chrono::milliseconds kEvery{500};

  // The loop's thread, once a turn.
  void show(const WatchedParts& parts, bridge::base::Time now);

  // Any thread.
  void describe(bridge::base::Metrics& metrics) const;
  // A sentence, or empty. The bridge's absence is trouble, though pages go on being served.
  std::string trouble(bridge::base::Time now) const;

 private:
  mutable std::mutex mutex_;
  bridge::base::Time shown_{};
  bridge::base::Time next_{};
  bridge::base::Metrics metrics_;
  std::string trouble_;
};

}  // namespace gateway::web
