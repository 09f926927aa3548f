// ZmqBackbone: the Backbone over a ZeroMQ socket, for the gateway, the website and lapwingctl.
//
//   ZmqBackbone backbone(context, {.endpoint = "ipc:///run/lapwing/im", .client = "gateway"},
//                        listener);
//   poller.add(backbone.dealer());  ...  backbone.turn(now);
//
// One thread owns it. It connects in the background and goes on trying; without a bridge it answers
// kUnavailable. A program with a loop watches dealer() and calls turn() when it is readable, and at
// least every 100 ms for the timers; a program without one uses wait().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "bridge/client/session.h"
#include "bridge/wire/socket.h"

namespace bridge::client {

struct ZmqBackboneOptions {
  std::string endpoint;  // ipc:///run/lapwing/im or tcp://127.0.0.1:7601
  std::string client;    // stable name: a newer session of the same name replaces this one
  std::string software = "lapwing";
  std::optional<wire::KeyPair> client_keys = {};
  std::string server_key = {};             // Z85; empty: without CURVE
  std::optional<std::uint64_t> seed = {};  // of epochs and jitter; random when absent
  std::chrono::milliseconds request_timeout{15'000};
  std::size_t requests_max = 1024;
};

class ZmqBackbone : public Backbone {
 public:
  // Throws std::invalid_argument, with a sentence, for an endpoint or key that cannot be: bad
  // configuration. Context and listener must outlive it.
  ZmqBackbone(wire::Context& context, const ZmqBackboneOptions& options, Listener& listener);
  // Says BYE, if there is a session.
  ~ZmqBackbone() override;
  ZmqBackbone(const ZmqBackbone&) = delete;
  ZmqBackbone& operator=(const ZmqBackbone&) = delete;

  bool connected() const override { return session_.connected(); }
  RequestId ask(const wire::Request& request, base::Time now) override {
    return session_.ask(request, now);
  }
  void grant(std::uint64_t deliveries, std::uint64_t bytes) override {
    session_.grant(deliveries, bytes);
  }
  void ack(std::uint64_t sequence) override { session_.ack(sequence); }
  void nack(const wire::Nack& nack) override { session_.nack(nack); }
  void receipt(const wire::Receipt& receipt) override { session_.receipt(receipt); }
  void presence(const wire::Presence& presence) override { session_.presence(presence); }
  std::size_t turn(base::Time now) override;

  // For the owner's Poller. Readable means: call turn().
  wire::Dealer& dealer() { return dealer_; }

  // Turns by the real clock until `done` or the limit; true when done. For tools that have no loop.
  bool wait(const std::function<bool()>& done, std::chrono::milliseconds limit);

  // Why there is no session, in a sentence; empty while connected.
  const std::string& trouble() const { return session_.trouble(); }
  const SessionCounters& counters() const { return session_.counters(); }

 private:
  std::size_t receive(base::Time now);
  std::size_t send(base::Time now);

  wire::Dealer dealer_;
  Session session_;
};

}  // namespace bridge::client
