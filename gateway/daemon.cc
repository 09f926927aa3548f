#include "gateway/daemon.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <stdexcept>
#include <utility>

#include "bridge/base/log.h"
#include "bridge/base/time.h"

namespace gateway {
namespace {

namespace base = bridge::base;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTurnAtLeastEvery{100};  // for the timers

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
  return daemon;
}

void Daemon::wait(bridge::wire::Poller& poller, std::size_t stream_slot, bool busy) {
  poller.set_fd(stream_slot, component_->socket_fd(), true, component_->wants_write());
  if (busy) return poller.wait(0ms);
  const auto until_stream = std::chrono::ceil<std::chrono::milliseconds>(
      component_->next_wakeup() - std::chrono::steady_clock::now());
  poller.wait(std::clamp(until_stream, 0ms, kTurnAtLeastEvery));
}

void Daemon::run(base::Signals& signals, const std::function<void()>& reload) {
  bridge::wire::Poller poller;
  poller.add(backbone_->dealer());
  const std::size_t stream_slot = poller.add_fd(-1);
  const std::size_t signal_slot = poller.add_fd(signals.fd());
  bool busy = true;
  for (;;) {
    wait(poller, stream_slot, busy);
    busy = gateway_.turn(base::read_clocks().mono) > 0;
    if (!poller.readable(signal_slot)) continue;
    const auto signal = signals.take();
    if (signal == SIGHUP) reload();
    if (signal && signal != SIGHUP) return;
  }
}

}  // namespace gateway
