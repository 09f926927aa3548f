// GatewayPeek: how a gateway stands, as its own exporter says on /metrics: is the XMPP server
// there, does its breaker to the bridge let requests through.
//
//   auto peek = GatewayPeek::open("127.0.0.1:9470");
//   loop: peek->turn(now);   show(peek->seen());
//
// Asks every two seconds, a piece of the exchange in each turn, so that nobody waits for it. What
// is not answered within two seconds, or is no answer, is "not known". One thread.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/base/fd.h"
#include "bridge/base/result.h"
#include "bridge/base/time.h"

namespace gateway::web {

struct GatewaySeen {
  bool xmpp_online = false;
  bool bridge_connected = false;
  int breaker = 0;  // 0 closed, 1 half open, 2 open
  double breaker_opened = 0;
  double deliveries_held = 0;  // taken from the bridge, not confirmed by the XMPP server
};

// From an exporter's text. nullopt: that of something else.
std::optional<GatewaySeen> read_gateway_metrics(std::string_view text);

class GatewayPeek {
 public:
  static constexpr std::chrono::seconds kEvery{2};
  static constexpr std::chrono::seconds kPatience{2};
  static constexpr std::size_t kBytesMax = 1 << 20;  // of an answer; a longer one is none

  // A number and a port: "127.0.0.1:9470", "[::1]:9472".
  static bridge::base::Result<GatewayPeek> open(const std::string& address);

  void turn(bridge::base::Time now);

  const std::string& address() const { return name_; }
  // nullopt: it did not answer the last time.
  const std::optional<GatewaySeen>& seen() const { return seen_; }

 private:
  explicit GatewayPeek(std::string name) : name_(std::move(name)) {}

  void begin(bridge::base::Time now);
  bool go_on();  // false: it is over, one way or the other
  void end();

  std::string name_;
  sockaddr_storage where_{};
  socklen_t where_bytes_ = 0;
  bridge::base::Fd socket_;
  std::string to_send_;
  std::string got_;
  bool whole_ = false;
  bridge::base::Time next_{};
  bridge::base::Time until_{};
  std::optional<GatewaySeen> seen_;
};

}  // namespace gateway::web
