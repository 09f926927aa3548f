// How a gateway stands, from its exporter: over real sockets, and from texts.
#include "gateway/web/operations/gateway_peek.h"

#include <catch2/catch.hpp>

#include "bridge/base/exporter.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;
namespace base = bridge::base;

// Turns until `done`, for ten seconds at most. The peek's clock goes as fast as that of the
// sockets: a faster one would run out of patience with an exporter that the machine has not yet let
// answer.
template <class Done>
void turn(GatewayPeek& peek, base::Time& now, Done done) {
  const auto began = base::read_clocks().mono;
  const auto start = now;
  while (!done() && now < start + 10s) peek.turn(now = start + (base::read_clocks().mono - began));
}

TEST_CASE("a gateway's numbers are read by name", "[gateway_peek]") {
  const auto seen = read_gateway_metrics(
      "HTTP/1.1 200 OK\r\n\r\n# HELP lapwing_gateway_xmpp_online 1 while\n"
      "lapwing_gateway_xmpp_online 1\nlapwing_gateway_bridge_connected 1\n"
      "lapwing_gateway_breaker_state 2\nlapwing_gateway_breaker_opened_total 3\n");
  REQUIRE(seen);
  CHECK(seen->xmpp_online);
  CHECK(seen->bridge_connected);
  CHECK(seen->breaker == 2);
  CHECK(seen->breaker_opened == 3);
  for (const std::string other :
       {"", "lapwing_bridge_head 3\n", "\nlapwing_gateway_xmpp_online x\n",
        "\nlapwing_gateway_xmpp_online_now 1\n"})
    CHECK_FALSE(read_gateway_metrics(other));
}

TEST_CASE("an exporter is asked again and again, and is not known when it is gone",
          "[gateway_peek]") {
  bool online = true;
  auto exporter = base::Exporter::open(
      "127.0.0.1:0", {.metrics =
                          [&](base::Metrics& metrics) {
                            metrics.gauge("lapwing_gateway_xmpp_online", "There.", online ? 1 : 0);
                          },
                      .trouble = [] { return std::string(); }});
  REQUIRE(exporter);
  auto peek = GatewayPeek::open((*exporter)->address());
  REQUIRE(peek);
  base::Time now(1h);
  CHECK_FALSE(peek->seen());
  turn(*peek, now, [&] { return peek->seen().has_value(); });
  REQUIRE(peek->seen());
  CHECK(peek->seen()->xmpp_online);
  online = false;
  now += GatewayPeek::kEvery;
  turn(*peek, now, [&] { return !peek->seen() || !peek->seen()->xmpp_online; });
  REQUIRE(peek->seen());
  exporter->reset();
  now += GatewayPeek::kEvery;
  turn(*peek, now, [&] { return !peek->seen(); });
  CHECK_FALSE(peek->seen());
}

}  // namespace
}  // namespace gateway::web
