#include "gateway/web/metrics.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;
using base::Metrics;

void describe_http(Metrics& metrics, const Server& server) {
  const ServerCounters& c = server.counters();
  metrics.counter("lapwing_web_connections_total", "Connections accepted.", c.accepted);
  metrics.counter("lapwing_web_connections_refused_total", "Connections over a bound.", c.refused);
  metrics.counter("lapwing_web_requests_total", "Requests read.", c.requests);
  for (std::size_t hundred = 2; hundred < std::size(c.answers); ++hundred)
    metrics.counter("lapwing_web_answers_total", "Answers, by the hundred of their status.",
                    c.answers[hundred], {{"status", std::to_string(hundred) + "xx"}});
  metrics.counter("lapwing_web_requests_bad_total", "Requests that could not be read.",
                  c.bad_requests);
  metrics.counter("lapwing_web_timeouts_total", "Requests or readers that took too long.",
                  c.timeouts);
  metrics.counter("lapwing_web_streams_cut_total", "Streams whose reader was too slow.",
                  c.streams_cut);
  metrics.counter("lapwing_web_bytes_total", "Bytes written.", c.bytes_out);
  metrics.gauge("lapwing_web_connections", "Connections now.", static_cast<double>(c.connections));
  metrics.gauge("lapwing_web_streams", "Streams of events now.", static_cast<double>(c.streams));
  metrics.seconds("lapwing_web_request_seconds",
                  "From a request's last byte to the hand-over of its answer.", server.times());
}

void describe_site(Metrics& metrics, const Site& site) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  metrics.gauge("lapwing_web_view_live", "1 while the view is current.", site.live_now() ? 1 : 0);
  metrics.gauge("lapwing_web_view_posts", "Posts in the view.", number(site.view().size()));
  metrics.gauge("lapwing_web_view_bytes", "Bytes of the view.", number(site.view().bytes()));
  metrics.gauge("lapwing_web_view_position", "Id of the newest post seen.",
                number(site.view().position()));
  metrics.counter("lapwing_web_feed_posts_total", "Posts that came of the feed.",
                  site.feed_posts());
  metrics.counter("lapwing_web_feed_changes_total",
                  "Corrections and retractions that came of the feed.", site.feed_changes());
  metrics.counter("lapwing_web_feed_gaps_total", "Times the feed could not go on.", site.gaps());
  const OutboxCounters& outbox = site.outbox().counters();
  metrics.gauge("lapwing_web_outbox_entries", "Changes on their way to the bridge.",
                number(site.outbox().size()));
  metrics.gauge("lapwing_web_outbox_kept", "Of those, changes kept on disk.",
                number(site.outbox().kept()));
  metrics.counter("lapwing_web_changes_total", "Changes, by what became of them.", outbox.done,
                  {{"outcome", "done"}});
  metrics.counter("lapwing_web_changes_total", "Changes, by what became of them.", outbox.delivered,
                  {{"outcome", "delivered_later"}});
  metrics.counter("lapwing_web_changes_total", "Changes, by what became of them.", outbox.refused,
                  {{"outcome", "refused"}});
  metrics.counter("lapwing_web_changes_total", "Changes, by what became of them.", outbox.full,
                  {{"outcome", "full"}});
  metrics.counter("lapwing_web_changes_limited_total", "Changes over a person's limit.",
                  site.limited());
  metrics.counter("lapwing_web_events_total", "Events handed to streams.", site.live().events());
  metrics.seconds("lapwing_web_event_delay_seconds",
                  "From a post's time of writing to its hand-over to streams.",
                  site.live().delays());
}

}  // namespace

Metrics metrics_of(const WatchedParts& parts, base::Time now) {
  Metrics metrics;
  metrics.gauge("lapwing_web_bridge_connected", "1 while there is a session with the bridge.",
                parts.backbone.connected() ? 1 : 0);
  const Asker& asker = parts.site.asker();
  metrics.gauge("lapwing_web_breaker_state",
                "To the bridge: 0 closed, 1 half open, 2 open (changes go to the outbox).",
                static_cast<double>(asker.state(now)));
  metrics.counter("lapwing_web_breaker_opened_total", "Times the breaker has opened.",
                  asker.opened());
  metrics.counter("lapwing_web_breaker_refused_total", "Requests the open breaker refused.",
                  asker.broken());
  describe_http(metrics, parts.server);
  describe_site(metrics, parts.site);
  metrics.gauge("lapwing_web_longest_turn_seconds",
                "The longest turn of the loop in the last minute or two.", parts.meter.longest());
  return metrics;
}

std::string trouble_of(const WatchedParts& parts) {
  return parts.backbone.connected() ? "" : "The bridge is away: " + parts.backbone.trouble();
}

}  // namespace gateway::web
