// The bridge's numbers for operators, and whether it is well. docs/operations.md explains each.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "bridge/bridge.h"

namespace bridge {
namespace {

using base::Labels;
using base::Metrics;

// From then until now; zero when `then` lies ahead.
std::chrono::nanoseconds since(base::Time then, base::Time now) {
  return std::max(now - then, base::Time::duration::zero());
}

void describe_commits(Metrics& metrics, const state::CommitterCounters& counters) {
  metrics.numbers("lapwing_bridge_commit_records", "Records in one synced write to the log.",
                  counters.batch_records);
  metrics.counter("lapwing_bridge_commits_refused_total",
                  "Writes to the log that the disk refused.", counters.refused_by_disk.value());
  metrics.gauge("lapwing_bridge_log_read_only", "1 while the log cannot be written.",
                static_cast<double>(counters.read_only.value()));
  metrics.gauge("lapwing_bridge_records_to_erase",
                "Records that have yet to be gone over for accounts that are being erased.",
                static_cast<double>(counters.to_erase.value()));
  metrics.gauge("lapwing_bridge_accounts", "People.",
                static_cast<double>(counters.accounts.value()));
  metrics.gauge("lapwing_bridge_follows", "Subscriptions to people.",
                static_cast<double>(counters.follows.value()));
  metrics.gauge("lapwing_bridge_tracks", "Subscriptions to phrases.",
                static_cast<double>(counters.tracks.value()));
  metrics.counter("lapwing_bridge_sign_in_codes_total", "One-time codes for the website.",
                  counters.sign_in_codes.value());
  metrics.counter("lapwing_bridge_sign_ins_total", "Codes that were redeemed.",
                  counters.sign_ins.value());
  metrics.counter("lapwing_bridge_sign_ins_refused_total", "Codes tried in vain.",
                  counters.sign_ins_refused.value());
}

void describe_sign_in(Metrics& metrics, const fanout::SignInCounters& counters) {
  metrics.counter("lapwing_bridge_sign_in_questions_total",
                  "Sign-ins asked for by a name, whether anybody has it or not.",
                  counters.asked.value());
  metrics.counter("lapwing_bridge_sign_in_questions_sent_total",
                  "Those of them that a person was asked about in chat.", counters.sent.value());
  metrics.counter("lapwing_bridge_sign_in_questions_confirmed_total",
                  "Those that the person confirmed.", counters.confirmed.value());
  metrics.counter("lapwing_bridge_sign_in_questions_refused_total",
                  "Those that the person refused.", counters.refused.value());
  metrics.counter("lapwing_bridge_sign_in_questions_limited_total",
                  "Sign-ins by name that were not asked about: too many, or after a refusal.",
                  counters.limited.value());
  metrics.counter("lapwing_bridge_sign_in_questions_taken_total",
                  "Sign-ins on the website that a person had confirmed in chat.",
                  counters.taken.value());
}

void describe_deliveries(Metrics& metrics, const fanout::FanoutCounters& counters) {
  metrics.counter("lapwing_bridge_matched_total", "Posts found to be owed to a person.",
                  counters.matched.value());
  metrics.counter("lapwing_bridge_deliveries_total", "Deliveries handed to gateways, repeats too.",
                  counters.deliveries.value());
  for (std::size_t i = 0; i < fanout::kKinds; ++i)
    metrics.counter("lapwing_bridge_deliveries_of_class_total", "Deliveries by class.",
                    counters.kinds[i].delivered.value(),
                    {{"class", std::string(fanout::name(static_cast<fanout::Kind>(i)))}});
  metrics.counter("lapwing_bridge_deliveries_acknowledged_total",
                  "Deliveries that gateways acknowledged.", counters.acknowledged.value());
  metrics.counter("lapwing_bridge_deliveries_returned_total",
                  "Deliveries given back, or lost with a gateway: owed again.",
                  counters.returned.value());
  metrics.counter("lapwing_bridge_deliveries_bounced_total", "Deliveries that came back as errors.",
                  counters.bounced.value());
  metrics.counter("lapwing_bridge_deliveries_confirmed_total",
                  "Deliveries that the person's own client confirmed.", counters.confirmed.value());
  metrics.counter("lapwing_bridge_deliveries_withdrawn_total",
                  "Deliveries no longer owed when their turn came.", counters.withdrawn.value());
  metrics.counter("lapwing_bridge_digested_total",
                  "Deliveries put into somebody's digest instead of sent.",
                  counters.digested.value());
  metrics.counter("lapwing_bridge_digest_taken_total", "Deliveries brought out of digests by more.",
                  counters.taken.value());
  metrics.counter("lapwing_bridge_digest_expired_total",
                  "Deliveries that a digest could not keep; the person is told.",
                  counters.expired.value());
  metrics.gauge("lapwing_bridge_jobs", "Posts that have not come to everybody on their lists yet.",
                static_cast<double>(counters.jobs.value()));
  metrics.counter("lapwing_bridge_passes_total", "Readings of the log for people who are behind.",
                  counters.passes.value());
  metrics.counter("lapwing_bridge_deliveries_held_total",
                  "Times a person's delivery limit said later.", counters.held.value());
  metrics.gauge("lapwing_bridge_waiting_people", "People whose delivery limit says later.",
                static_cast<double>(counters.waiting.value()));
  metrics.counter("lapwing_bridge_deliveries_shadowed_total",
                  "Times a limit of deliveries in shadow would have said later.",
                  counters.shadowed.value());
  metrics.counter("lapwing_bridge_deliveries_aged_total",
                  "Deliveries that waited too long and went to the backlog.",
                  counters.aged.value());
  metrics.counter("lapwing_bridge_posts_diverted_total",
                  "Posts whose authors reach too many listeners: they come from the backlog.",
                  counters.diverted.value());
  metrics.gauge("lapwing_bridge_pressure",
                "How much tracks and backlog give way to the website: 0 not, 4 most.",
                static_cast<double>(counters.pressure.value()));
  metrics.counter("lapwing_bridge_exhausted_total",
                  "Times all deliveries had to wait for the limit of all people together.",
                  counters.exhausted.value());
  metrics.counter("lapwing_bridge_pressed_total",
                  "Times tracks and backlog had to wait under pressure.", counters.pressed.value());
  metrics.counter("lapwing_bridge_catch_up_records_total", "Records read again to catch up.",
                  counters.caught_up.value());
  metrics.gauge("lapwing_bridge_catch_up_people", "People waiting for their turn to catch up.",
                static_cast<double>(counters.behind.value()));
  metrics.gauge("lapwing_bridge_online_people", "People the gateways can reach.",
                static_cast<double>(counters.online.value()));
  metrics.gauge("lapwing_bridge_unreachable_people",
                "People to whom nothing is sent for now, because it came back.",
                static_cast<double>(counters.unreachable.value()));
  metrics.gauge("lapwing_bridge_credit_deliveries", "Deliveries the gateways would take now.",
                static_cast<double>(counters.credit.value()));
  metrics.gauge("lapwing_bridge_parked_people", "People waiting for a gateway's credit.",
                static_cast<double>(counters.parked.value()));
  metrics.gauge("lapwing_bridge_unconfirmed_deliveries",
                "Deliveries that wait for the person's own client.",
                static_cast<double>(counters.unconfirmed.value()));
  metrics.gauge("lapwing_bridge_unacknowledged_batches", "Batches on the way to gateways.",
                static_cast<double>(counters.unacknowledged.value()));
}

void describe_lane(Metrics& metrics,
                   const std::vector<std::pair<Labels, const lane::LaneCounters*>>& lanes) {
  const auto each = [&](const char* name, const char* help, auto field) {
    for (const auto& [labels, counters] : lanes)
      metrics.counter(name, help, (counters->*field).value(), labels);
  };
  each("lapwing_bridge_requests_total", "Requests received.", &lane::LaneCounters::requests);
  for (const auto& [labels, counters] : lanes) {
    const auto refused = [&](const char* reason, const base::Counter& counter) {
      Labels with = labels;
      with.emplace_back("reason", reason);
      metrics.counter("lapwing_bridge_refused_total", "Requests and frames refused.",
                      counter.value(), std::move(with));
    };
    refused("rate", counters->rate_limited);
    refused("busy", counters->busy);
    refused("forbidden", counters->forbidden);
    refused("frame", counters->bad_frames);
  }
  const auto levels = [&](const char* name, const char* help, auto field) {
    for (const auto& [labels, counters] : lanes)
      for (std::size_t level = 0; level < counters->levels.size(); ++level) {
        Labels with = labels;
        with.emplace_back("limit", std::string(lane::level_name(level)));
        metrics.counter(name, help, (counters->levels[level].*field).value(), std::move(with));
      }
  };
  levels("lapwing_bridge_limited_total", "Requests over a limit, by the one that bound.",
         &lane::LevelCounters::limited);
  levels("lapwing_bridge_shadowed_total", "Requests that a limit in shadow would have refused.",
         &lane::LevelCounters::shadowed);
  each("lapwing_bridge_sessions_lost_total", "Sessions that ended.",
       &lane::LaneCounters::sessions_lost);
  for (const auto& [labels, counters] : lanes)
    metrics.gauge("lapwing_bridge_sessions", "Open sessions.",
                  static_cast<double>(counters->sessions.value()), labels);
  for (const auto& [labels, counters] : lanes)
    metrics.gauge("lapwing_bridge_unanswered_requests", "Requests that wait for their answer.",
                  static_cast<double>(counters->unanswered.value()), labels);
}

}  // namespace

std::vector<health::Loop> Bridge::loops() const {
  std::vector<health::Loop> loops{{"committer", &committer_->meter()},
                                  {"fanout", &fanout_->meter()}};
  for (const auto& lane : lanes_)
    loops.push_back({fmt::format("lane-{}", name(lane->kind())), &lane->meter()});
  return loops;
}

void Bridge::describe(Metrics& metrics) const {
  const base::Now now = base::read_clocks();
  const fanout::FanoutCounters& fan = fanout_->counters();
  const std::uint64_t head = store_->head();
  const std::uint64_t position = std::min(fan.position.value(), head);

  metrics.gauge("lapwing_bridge_uptime_seconds", "Since the start.", since(started_, now.mono));
  metrics.counter("lapwing_bridge_log_head", "The newest record of the log.", head);
  metrics.gauge("lapwing_bridge_unmatched_records", "Records the fan-out has yet to look at.",
                static_cast<double>(head - position));
  const std::int64_t behind_ms = now.wall_ms - static_cast<std::int64_t>(fan.position_ms.value());
  metrics.gauge("lapwing_bridge_unmatched_age_seconds",
                "Age of the newest record looked at, while there are newer ones.",
                std::chrono::milliseconds(head == position || fan.position_ms.value() == 0
                                              ? 0
                                              : std::max<std::int64_t>(behind_ms, 0)));
  metrics.seconds("lapwing_bridge_commit_seconds", "Time of one synced write to the log.",
                  timed_store_->append_times());
  describe_commits(metrics, committer_->counters());
  describe_sign_in(metrics, fanout_->sign_in_counters());
  describe_deliveries(metrics, fan);
  const auto oldest = static_cast<std::int64_t>(fan.oldest_sent_ns.value());
  metrics.gauge("lapwing_bridge_unacknowledged_age_seconds",
                "Age of the oldest batch that no gateway has acknowledged.",
                oldest == 0 ? std::chrono::nanoseconds(0)
                            : since(base::Time(base::Time::duration(oldest)), now.mono));

  std::vector<std::pair<Labels, const lane::LaneCounters*>> lanes;
  for (const auto& lane : lanes_)
    lanes.push_back({{{"lane", std::string(name(lane->kind()))}}, &lane->counters()});
  describe_lane(metrics, lanes);
  for (const auto& lane : lanes_)
    metrics.gauge(
        "lapwing_bridge_answer_p99_seconds",
        "From a request's arrival at its lane to its answer, 99 of 100 of the last half "
        "second.",
        std::chrono::nanoseconds(static_cast<std::int64_t>(lane->latency().p99_ns.value())),
        {{"lane", std::string(name(lane->kind()))}});
  describe_queues(metrics);
  for (const health::Loop& loop : loops())
    metrics.gauge("lapwing_bridge_longest_turn_seconds",
                  "The longest turn of a thread in the last minute or two.", loop.meter->longest(),
                  {{"loop", loop.name}});
}

void Bridge::describe_queues(Metrics& metrics) const {
  const auto queue = [&](std::string name, std::size_t waiting) {
    metrics.gauge("lapwing_bridge_queue", "Items waiting for a thread.",
                  static_cast<double>(waiting), {{"queue", std::move(name)}});
  };
  for (std::size_t i = 0; i < state::kLanes; ++i)
    queue(fmt::format("commit-{}", name(lanes_[i]->kind())), committer_->waiting(i));
  for (const auto& lane : lanes_)
    queue(fmt::format("replies-{}", name(lane->kind())), lane->replies_waiting());
  queue("fanout", fanout_->inbox().size());
  queue("batches", lane::LaneThread::kBatchesMax - lanes_[state::kImLane]->room());
}

std::string Bridge::stuck() const {
  return health::stuck(loops(), base::read_clocks().mono);
}

std::string Bridge::trouble() const {
  return health::trouble(loops(), committer_->counters(), base::read_clocks().mono);
}

}  // namespace bridge
