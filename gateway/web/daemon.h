// Daemon: the website with its real connections, and the loop that turns it.
//
//   auto daemon = Daemon::create(context, config);
//   (*daemon)->run(signals);      // until SIGTERM or SIGINT
//
// The loop waits in the HTTP server for browsers, the bridge's socket or a signal, reads the clock
// once a turn and hands it down. It serves from its start on, bridge or no bridge. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridge/base/exporter.h"
#include "bridge/base/loop_meter.h"
#include "bridge/base/result.h"
#include "bridge/base/signals.h"
#include "bridge/client/zmq_backbone.h"
#include "gateway/common/service_manager.h"
#include "gateway/common/watch.h"
#include "gateway/web/api.h"
#include "gateway/web/config.h"
#include "gateway/web/doorman.h"
#include "gateway/web/front.h"
#include "gateway/web/operations/recent_times.h"
#include "gateway/web/outbox_file.h"
#include "gateway/web/server.h"
#include "gateway/web/site.h"
#include "gateway/web/site_world.h"
#include "gateway/web/snapshot_keeper.h"

namespace gateway::web {

class Daemon {
 public:
  // Fails when the port is taken, the folder cannot be used, or the bridge's endpoint or keys
  // cannot be. The context outlives it.
  static bridge::base::Result<std::unique_ptr<Daemon>> create(bridge::wire::Context& context,
                                                              const Config& config);

  // Returns soon after SIGTERM or SIGINT; requests that are being answered get a moment.
  void run(bridge::base::Signals& signals);

 private:
  Daemon(const Config& config, std::unique_ptr<OutboxFile> outbox_file);
  void turn(std::chrono::milliseconds timeout);
  WebsiteNumbers numbers();

  bridge::base::LoopMeter meter_;
  Watch watch_{std::chrono::milliseconds(500)};
  ServiceManager service_manager_;

  TokenSessions tokens_;
  FirstOfSessions sessions_;
  std::unique_ptr<OutboxFile> outbox_file_;
  Site site_;  // heard by both connections, so it outlives them
  SnapshotKeeper snapshot_;
  Router router_;
  Api api_;
  Doorman doorman_;
  const PageSettings pages_;
  SiteWorld world_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<bridge::client::ZmqBackbone> backbone_;
  std::unique_ptr<bridge::client::ZmqBackbone>
      operations_;  // on the lane admin; none: not asked for
  RecentTimes times_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<bridge::base::Exporter> exporter_;  // none: not asked for
  bridge::base::Now now_;
  bool busy_ = true;
};

}  // namespace gateway::web
