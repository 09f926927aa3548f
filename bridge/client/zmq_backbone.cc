#include "bridge/client/zmq_backbone.h"

#include <random>
#include <stdexcept>
#include <utility>

namespace bridge::client {

namespace {

// Per turn, so that a flood does not keep the owner from its other work. The rest waits in the
// socket, which stays readable.
constexpr std::size_t kReceiveMax = 512;
constexpr std::chrono::milliseconds kTick{20};

wire::Dealer connect(wire::Context& context, const ZmqBackboneOptions& options) {
  auto dealer = wire::Dealer::connect(context, {.endpoint = options.endpoint,
                                                .client_keys = options.client_keys,
                                                .server_key = options.server_key});
  if (!dealer) throw std::invalid_argument(dealer.error().text);
  return std::move(*dealer);
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

SessionOptions session_options(const ZmqBackboneOptions& options) {
  SessionOptions session;
  session.client = options.client;
  session.software = options.software;
  session.seed = options.seed ? *options.seed : random_seed();
  session.request_timeout = options.request_timeout;
  session.requests_max = options.requests_max;
  return session;
}

}  // namespace

ZmqBackbone::ZmqBackbone(wire::Context& context, const ZmqBackboneOptions& options,
                         Listener& listener)
    : dealer_(connect(context, options)), session_(session_options(options), listener) {}

ZmqBackbone::~ZmqBackbone() {
  session_.close();
  send(base::Time{});
}

std::size_t ZmqBackbone::turn(base::Time now) {
  std::size_t work = receive(now);
  work += session_.turn(now);
  work += send(now);
  return work;
}

std::size_t ZmqBackbone::receive(base::Time now) {
  std::size_t received = 0;
  for (; received < kReceiveMax; ++received) {
    const auto message = dealer_.receive();
    if (!message) break;
    if (*message) {
      session_.receive(**message, now);
    } else {
      session_.receive_bad_frame();
    }
  }
  return received;
}

std::size_t ZmqBackbone::send(base::Time now) {
  std::size_t sent = 0;
  for (; const wire::Message* out = session_.front(); ++sent) {
    if (!dealer_.send(out->header, out->body)) break;
    session_.pop(now);
  }
  return sent;
}

bool ZmqBackbone::wait(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  wire::Poller poller;
  poller.add(dealer_);
  const base::Time end = base::read_clocks().mono + limit;
  for (;;) {
    const base::Time now = base::read_clocks().mono;
    turn(now);
    if (done()) return true;
    if (now >= end) return false;
    poller.wait(kTick);
  }
}

}  // namespace bridge::client
