#include "gateway/metrics.h"

#include <algorithm>

namespace gateway {
namespace {

namespace base = bridge::base;
using base::Metrics;

void describe_traffic(Metrics& metrics, const xmpp::Counters& counters) {
  metrics.counter("lapwing_gateway_commands_total", "Commands read.", counters.commands);
  const auto refused = [&](const char* reason, std::uint64_t count) {
    metrics.counter("lapwing_gateway_refused_total", "What was not done or not kept, by reason.",
                    count, {{"reason", reason}});
  };
  refused("limit", counters.limited);
  refused("busy", counters.busy);
  refused("bridge_away", counters.away);
  refused("answer_dropped", counters.outbox_dropped);
  refused("presence_dropped", counters.people_refused);
  metrics.counter("lapwing_gateway_ignored_total", "Messages that nobody answers.",
                  counters.ignored);
  metrics.counter("lapwing_gateway_deliveries_total", "Deliveries sent to the XMPP server.",
                  counters.deliveries);
  metrics.counter("lapwing_gateway_deliveries_given_back_total",
                  "Deliveries for people who had just gone.", counters.deliveries_refused);
  metrics.counter("lapwing_gateway_bounced_total", "Deliveries that came back as errors.",
                  counters.bounced);
  metrics.counter("lapwing_gateway_window_shrunk_total",
                  "Times the XMPP server was late, so that less is on the way to it.",
                  counters.window_shrunk);
  metrics.counter("lapwing_gateway_probes_total", "Presence probes sent.", counters.probes);
}

void describe_stream(Metrics& metrics, const xmpp::StropheCounters& counters) {
  metrics.counter("lapwing_gateway_xmpp_connects_total", "Streams that were accepted.",
                  counters.connects);
  metrics.counter("lapwing_gateway_xmpp_connects_failed_total", "Attempts that failed.",
                  counters.connects_failed);
  metrics.counter("lapwing_gateway_xmpp_disconnects_total", "Streams that ended.",
                  counters.disconnects);
  metrics.counter("lapwing_gateway_xmpp_conflicts_total",
                  "Times somebody else was connected under our name.", counters.conflicts);
  metrics.counter("lapwing_gateway_xmpp_bytes_total", "Bytes of the stream.", counters.bytes_in,
                  {{"direction", "in"}});
  metrics.counter("lapwing_gateway_xmpp_bytes_total", "Bytes of the stream.", counters.bytes_out,
                  {{"direction", "out"}});
  metrics.counter("lapwing_gateway_stanzas_total", "Stanzas received.", counters.stanzas_in);
  const auto dropped = [&](const char* reason, std::uint64_t count) {
    metrics.counter("lapwing_gateway_stanzas_dropped_total", "Stanzas not looked into, by reason.",
                    count, {{"reason", reason}});
  };
  dropped("filter", counters.refused);
  dropped("foreign", counters.dropped_foreign);
  dropped("own", counters.dropped_own);
  dropped("nameless", counters.dropped_nameless);
  metrics.counter("lapwing_gateway_barriers_total", "Pings behind deliveries.",
                  counters.barriers_sent);
  metrics.counter("lapwing_gateway_barriers_timed_out_total",
                  "Pings without an answer: the server was given up.", counters.barriers_timed_out);
  metrics.counter("lapwing_gateway_sends_refused_total",
                  "Times the stream took nothing: offline, or the server does not read.",
                  counters.sends_refused);
}

void describe_bridge(Metrics& metrics, const bridge::client::SessionCounters& counters) {
  metrics.counter("lapwing_gateway_bridge_sessions_total", "Sessions with the bridge.",
                  counters.sessions);
  metrics.counter("lapwing_gateway_bridge_requests_total", "Requests to the bridge.",
                  counters.requests);
  metrics.counter("lapwing_gateway_bridge_timeouts_total", "Requests without an answer in time.",
                  counters.requests_timed_out);
  metrics.counter("lapwing_gateway_bridge_batches_total", "Batches of deliveries received.",
                  counters.batches);
  metrics.counter("lapwing_gateway_bridge_frames_bad_total", "Frames that could not be read.",
                  counters.frames_bad);
}

void describe_queues(Metrics& metrics, const WatchedParts& parts, base::Time now) {
  const xmpp::Deliveries& deliveries = parts.gateway.deliveries();
  const std::uint64_t held = deliveries.deliveries_held();
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  metrics.gauge("lapwing_gateway_deliveries_held",
                "Deliveries taken from the bridge and not confirmed yet.", number(held));
  metrics.gauge("lapwing_gateway_credit_deliveries", "Deliveries the bridge may still send.",
                parts.backbone.connected()
                    ? number(parts.window.deliveries - std::min(parts.window.deliveries, held))
                    : 0);
  metrics.gauge("lapwing_gateway_in_flight_bytes", "Deliveries sent and not confirmed, in bytes.",
                number(deliveries.bytes_in_flight()));
  metrics.gauge("lapwing_gateway_window_bytes",
                "Deliveries that may be sent and not confirmed, in bytes: follows the server.",
                number(deliveries.window().now()));
  metrics.gauge("lapwing_gateway_window_gradient",
                "1: the XMPP server has no queue of ours; below, the window shrinks.",
                deliveries.window().gradient());
  const xmpp::Asker& asker = parts.gateway.asker();
  metrics.gauge("lapwing_gateway_breaker_state",
                "To the bridge: 0 closed, 1 half open, 2 open (commands are answered with wait).",
                static_cast<double>(asker.breaker().state(now)));
  metrics.counter("lapwing_gateway_breaker_opened_total", "Times the breaker has opened.",
                  asker.breaker().opened());
  metrics.counter("lapwing_gateway_breaker_refused_total", "Requests the open breaker refused.",
                  asker.broken());
  const auto oldest = deliveries.oldest_barrier();
  metrics.gauge("lapwing_gateway_oldest_barrier_seconds", "Age of the oldest unanswered ping.",
                oldest ? std::chrono::nanoseconds(now - *oldest) : std::chrono::nanoseconds(0));
  const auto queue = [&](const char* name, std::uint64_t waiting) {
    metrics.gauge("lapwing_gateway_queue", "What waits, by queue.", number(waiting),
                  {{"queue", name}});
  };
  queue("delivery_groups", deliveries.groups_waiting());
  queue("requests", parts.gateway.requests_waiting());
  queue("forms", parts.gateway.forms_waiting());
  queue("answer_bytes", parts.gateway.answer_bytes_waiting());
  queue("stream_bytes", parts.component.bytes_waiting());
  metrics.gauge("lapwing_gateway_people", "People whose presence is known.",
                number(parts.gateway.people()));
}

}  // namespace

Metrics metrics_of(const WatchedParts& parts, base::Time now) {
  Metrics metrics;
  metrics.gauge("lapwing_gateway_xmpp_online", "1 while the XMPP server has us.",
                parts.component.online() ? 1 : 0);
  metrics.gauge("lapwing_gateway_bridge_connected", "1 while there is a session with the bridge.",
                parts.backbone.connected() ? 1 : 0);
  describe_traffic(metrics, parts.gateway.counters());
  describe_stream(metrics, parts.component.counters());
  describe_bridge(metrics, parts.backbone.counters());
  describe_queues(metrics, parts, now);
  metrics.seconds("lapwing_gateway_barrier_seconds", "Round trip of a ping behind deliveries.",
                  parts.gateway.barrier_times());
  metrics.gauge("lapwing_gateway_longest_turn_seconds",
                "The longest turn of the loop in the last minute or two.", parts.meter.longest(),
                {{"loop", "gateway"}});
  return metrics;
}

std::string trouble_of(const WatchedParts& parts) {
  if (!parts.component.online()) return "The XMPP server is away.";
  if (!parts.backbone.connected()) return "The bridge is away: " + parts.backbone.trouble();
  return {};
}

}  // namespace gateway
