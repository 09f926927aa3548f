#include "gateway/web/daemon.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "bridge/base/log.h"
#include "bridge/base/notify.h"
#include "gateway/web/metrics.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTurnAtLeastEvery{50};  // for the timers
constexpr std::chrono::milliseconds kFarewell{500};

}  // namespace

Daemon::Daemon(const Config& config, std::unique_ptr<OutboxFile> outbox_file)
    : tokens_(config.tokens),
      outbox_file_(std::move(outbox_file)),
      site_(config.site, sessions_, *outbox_file_),
      snapshot_(config.data + "/view", config.snapshot_every, site_.view()),
      api_(site_),
      doorman_(config.site.requests, config.site.limit_keys, router_),
      pages_(config.pages),
      world_(site_) {
  sessions_.add(tokens_);
  router_.add("GET", "/healthz", [](const HttpRequest&, const Respond& respond) {
    respond({.headers = {{"Cache-Control", "no-store"}}, .body = "ok\n"});
  });
  api_.add_to(router_);
}

base::Result<std::unique_ptr<Daemon>> Daemon::create(bridge::wire::Context& context,
                                                     const Config& config) {
  std::error_code made;
  std::filesystem::create_directories(config.data, made);
  auto outbox = OutboxFile::open(config.data + "/outbox");
  if (!outbox) return tl::unexpected(outbox.error());
  if (outbox->torn) base::log::warning("the end of the outbox was torn and is cut off");
  std::unique_ptr<Daemon> daemon(new Daemon(config, std::move(outbox->file)));
  if (const auto loaded = daemon->site_.outbox().load(outbox->entries); !loaded)
    return tl::unexpected(loaded.error());
  if (const auto kept = daemon->site_.outbox().kept(); kept > 0)
    base::log::info("{} changes wait in the outbox", kept);
  daemon->snapshot_.load();
  auto front = Front::open(
      daemon->pages_, config.data, daemon->world_,
      [self = daemon.get()] { return self->numbers(); }, base::read_clocks().wall_ms);
  if (!front) return tl::unexpected(front.error());
  daemon->front_ = std::move(*front);
  const auto end_sessions = [self = daemon.get()](const std::string& nick) {
    self->front_->sessions().table().end_all_of(nick);
  };
  daemon->site_.on_erased(end_sessions);
  daemon->site_.on_renamed(end_sessions);  // they sign in again, as who they are now
  daemon->sessions_.add(daemon->front_->sessions());
  daemon->front_->add_to(daemon->router_, config.pages.with_operations);
  try {
    daemon->backbone_ =
        std::make_unique<bridge::client::ZmqBackbone>(context, config.bridge, daemon->site_);
    if (config.pages.with_operations)
      daemon->operations_ = std::make_unique<bridge::client::ZmqBackbone>(
          context, config.operations, daemon->front_->operations());
  } catch (const std::invalid_argument& problem) {
    return base::fail(base::ErrorCode::kBadRequest, problem.what());
  }
  daemon->site_.attach(*daemon->backbone_);
  auto server = Server::open(config.http, daemon->doorman_);
  if (!server) return tl::unexpected(server.error());
  daemon->server_ = std::move(*server);
  daemon->server_->watch(daemon->backbone_->dealer().fd());
  daemon->server_->watch(daemon->outbox_file_->fd());
  if (daemon->operations_) {
    daemon->front_->operations().attach(*daemon->operations_);
    for (const std::string& address : config.gateways)
      if (auto gateway = GatewayPeek::open(address))
        daemon->front_->operations().watch(std::move(*gateway));
    daemon->server_->watch(daemon->operations_->dealer().fd());
  }
  base::log::info("serving on http://{}/", daemon->server_->address());
  auto exporter = daemon->watch_.open(config.metrics_listen);
  if (!exporter) return tl::unexpected(exporter.error());
  daemon->exporter_ = std::move(*exporter);
  return daemon;
}

WebsiteNumbers Daemon::numbers() {
  WebsiteNumbers numbers = times_.look(server_->times(), now_.mono);
  numbers.breaker = static_cast<int>(site_.asker().state(now_.mono));
  numbers.breaker_opened = site_.asker().opened();
  return numbers;
}

void Daemon::turn(std::chrono::milliseconds timeout) {
  server_->turn(busy_ ? 0ms : timeout);
  now_ = base::read_clocks();
  meter_.begin(now_.mono);
  outbox_file_->take_news();
  busy_ = site_.turn(now_) + snapshot_.turn(now_.mono) > 0;
  if (front_->turn(now_) > 0) busy_ = true;
  if (operations_ && front_->operations().turn(now_) > 0) busy_ = true;
  meter_.end(base::read_clocks().mono);
  const WatchedParts parts{site_, *server_, *backbone_, meter_};
  watch_.show(now_.mono, trouble_of(parts), [&] { return metrics_of(parts, now_.mono); });
  // It serves without a bridge too, and says so.
  service_manager_.tell(
      now_.mono,
      backbone_->connected() ? "serving" : "serving what it has: " + backbone_->trouble(), true);
}

void Daemon::run(base::Signals& signals) {
  server_->watch(signals.fd());
  for (;;) {
    turn(kTurnAtLeastEvery);
    const auto signal = signals.take();
    if (signal == SIGTERM || signal == SIGINT) break;
  }
  base::notify("STOPPING=1");
  server_->close();
  const base::Time until = now_.mono + kFarewell;
  while (now_.mono < until && server_->counters().connections > 0) turn(10ms);
  snapshot_.write_now();
}

}  // namespace gateway::web
