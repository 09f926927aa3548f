#include "gateway/daemon.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <stdexcept>
#include <utility>

#include "bridge/base/log.h"
#include "bridge/base/notify.h"
#include "bridge/base/time.h"

namespace gateway {
namespace {

namespace base = bridge::base;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTurnAtLeastEvery{100};  // for the timers
constexpr std::chrono::milliseconds kFarewell{1000};

}  // namespace

base::Result<std::unique_ptr<Daemon>> Daemon::create(bridge::wire::Context& context,
                                                     const Config& config) {
  std::unique_ptr<Daemon> daemon(new Daemon(config));
  xmpp::StropheOptions stream = config.stream;
  stream.seed = std::random_device{}();
  auto component = xmpp::StropheComponent::create(stream, daemon->gateway_);
  if (!component) return tl::unexpected(component.error());
  daemon->component_ = std::move(*component);
  try {
    daemon->backbone_ =
        std::make_unique<bridge::client::ZmqBackbone>(context, config.bridge, daemon->gateway_);
  } catch (const std::invalid_argument& problem) {
    return base::fail(base::ErrorCode::kBadRequest, problem.what());
  }
  daemon->gateway_.attach(*daemon->component_, *daemon->backbone_);
  auto exporter = daemon->watch_.open(config.metrics_listen);
  if (!exporter) return tl::unexpected(exporter.error());
  daemon->exporter_ = std::move(*exporter);
  return daemon;
}

void Daemon::turn() {
  now_ = base::read_clocks().mono;
  meter_.begin(now_);
  busy_ = gateway_.turn(now_) > 0;
  meter_.end(base::read_clocks().mono);
  const std::string trouble = trouble_of(parts());
  watch_.show(now_, trouble, [this] { return metrics_of(parts(), now_); });
  service_manager_.tell(now_, trouble.empty() ? "serving" : trouble, trouble.empty());
}

void Daemon::wait(bridge::wire::Poller& poller) {
  poller.set_fd(stream_slot_, component_->socket_fd(), true, component_->wants_write());
  if (busy_) return poller.wait(0ms);
  const auto until_stream =
      std::chrono::ceil<std::chrono::milliseconds>(component_->next_wakeup() - now_);
  poller.wait(std::clamp(until_stream, 0ms, kTurnAtLeastEvery));
}

void Daemon::log_counters() {
  const xmpp::Counters& c = gateway_.counters();
  base::log::info(
      "stanzas {} commands {} deliveries {} probes {} bounced {} given back {} limited {} busy {} "
      "bridge away {} ignored {} answers dropped {} presence dropped {}",
      c.stanzas, c.commands, c.deliveries, c.probes, c.bounced, c.deliveries_refused, c.limited,
      c.busy, c.away, c.ignored, c.outbox_dropped, c.people_refused);
}

void Daemon::run(base::Signals& signals, const std::function<void()>& reload) {
  bridge::wire::Poller poller;
  poller.add(backbone_->dealer());
  stream_slot_ = poller.add_fd(-1);
  const std::size_t signal_slot = poller.add_fd(signals.fd());
  for (;;) {
    wait(poller);
    turn();
    if (!poller.readable(signal_slot)) continue;
    const auto signal = signals.take();
    if (signal == SIGHUP) {
      reload();
    } else if (signal == SIGUSR1) {
      log_counters();
    } else if (signal) {
      break;
    }
  }
  base::notify("STOPPING=1");
  gateway_.close();
  const bridge::base::Time until = now_ + kFarewell;
  do {
    turn();
    wait(poller);
  } while (!gateway_.idle() && now_ < until);
  log_counters();
}

}  // namespace gateway
