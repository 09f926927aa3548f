// Daemon: the gateway with its two real connections, and the loop that turns it.
//
//   auto daemon = Daemon::create(context, config);
//   (*daemon)->run(signals);      // until SIGTERM or SIGINT
//
// The loop waits for the XMPP socket, the bridge's socket or a signal, reads the clock once a turn
// and hands it down. Each connection starts and reconnects on its own. One thread.
#pragma once

#include <functional>
#include <memory>

#include "bridge/base/exporter.h"
#include "bridge/base/loop_meter.h"
#include "bridge/base/result.h"
#include "bridge/base/signals.h"
#include "bridge/client/zmq_backbone.h"
#include "bridge/wire/socket.h"
#include "gateway/common/service_manager.h"
#include "gateway/common/watch.h"
#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/xmpp/gateway.h"
#include "gateway/xmpp/strophe_component.h"

namespace gateway {

class Daemon {
 public:
  // Fails when the XMPP server's name cannot be resolved, the bridge's endpoint or keys cannot be,
  // or the port for metrics is taken. The context outlives it.
  static bridge::base::Result<std::unique_ptr<Daemon>> create(bridge::wire::Context& context,
                                                              const Config& config);

  // Returns soon after SIGTERM or SIGINT: what is on the way to the XMPP server gets a moment to be
  // confirmed, so that it does not come twice. Calls `reload` on SIGHUP, logs its counters on
  // SIGUSR1.
  void run(bridge::base::Signals& signals, const std::function<void()>& reload);

  // What of the configuration takes effect while it runs.
  void set_limits(const xmpp::Settings& settings) {
    gateway_.set_limits(settings.limits);
    gateway_.set_registration(settings.registration);
  }

 private:
  explicit Daemon(const Config& config)
      : window_(config.settings.window), gateway_(config.settings) {}
  WatchedParts parts() { return {gateway_, *component_, *backbone_, window_, meter_}; }
  void turn();
  void wait(bridge::wire::Poller& poller);
  void log_counters();

  const xmpp::WindowSettings window_;
  bridge::base::LoopMeter meter_;
  Watch watch_{std::chrono::milliseconds(100)};
  ServiceManager service_manager_;

  // The gateway is heard by both connections, so it outlives them.
  xmpp::Gateway gateway_;
  std::unique_ptr<xmpp::StropheComponent> component_;
  std::unique_ptr<bridge::client::ZmqBackbone> backbone_;
  std::unique_ptr<bridge::base::Exporter> exporter_;  // none: not asked for

  std::size_t stream_slot_ = 0;  // in the poller of run()
  bridge::base::Time now_{};     // of the last turn
  bool busy_ = true;             // the last turn did something, so there may be more
};

}  // namespace gateway
