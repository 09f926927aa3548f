#include "bridge/bridge.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/base/log.h"

namespace bridge {
namespace {

// What RocksDB has to say goes where everything else goes.
void store_log(backbone::LogLevel level, std::string_view line) {
  switch (level) {
    case backbone::LogLevel::kInfo:
      return base::log::debug("store: {}", line);
    case backbone::LogLevel::kWarning:
      return base::log::warning("store: {}", line);
    case backbone::LogLevel::kError:
      return base::log::error("store: {}", line);
  }
}

}  // namespace

base::Result<std::unique_ptr<Bridge>> Bridge::open(wire::Context& context, const Config& config) {
  std::unique_ptr<Bridge> bridge(new Bridge(context));
  if (auto built = bridge->build(config); !built) return tl::unexpected(built.error());
  return bridge;
}

base::Result<void> Bridge::build(const Config& config) {
  started_ = base::read_clocks().mono;
  backbone::EmbeddedOptions options;
  options.path = config.store.path;
  options.now_ms = base::read_clocks().wall_ms;
  options.dedupe_window = config.store.dedupe_window;
  options.write_buffer_bytes = config.store.write_buffer_bytes;
  options.log = store_log;
  auto store = backbone::EmbeddedStore::open(options);
  if (!store) return tl::unexpected(store.error());
  store_ = std::move(*store);
  auto cursors = backbone::EmbeddedCursorStore::open(config.store.path, store_log);
  if (!cursors) return tl::unexpected(cursors.error());
  cursors_ = std::move(*cursors);

  fanout_ = std::make_unique<fanout::FanoutThread>(*store_, *cursors_, config.fanout,
                                                   static_cast<FanoutOutput&>(*this));
  if (auto loaded = fanout_->load(); !loaded) return loaded;
  if (auto opened = open_lanes(config); !opened) return opened;
  std::vector<backbone::LogTail*> tails{&fanout_->tail()};
  for (auto& lane : lanes_) tails.push_back(&lane->tail());
  timed_store_ = std::make_unique<TimedStore>(*store_);
  committer_ = std::make_unique<state::CommitThread>(
      *timed_store_, config.rules, tails,
      [this](const state::ReplyAddress& to, wire::Reply answer) { reply(to, std::move(answer)); });
  backups_ = std::make_unique<BackupThread>(
      *store_, *cursors_, config.store.path,
      [this](const state::ReplyAddress& to, wire::Reply answer) { reply(to, std::move(answer)); });
  return committer_->load();
}

base::Result<void> Bridge::open_lanes(const Config& config) {
  const lane::LaneNeighbours neighbours{.submit =
                                            [this](state::Submission s) {
                                              return s.request.has_backup()
                                                         ? backups_->submit(std::move(s))
                                                         : committer_->submit(std::move(s));
                                            },
                                        .fanout = &fanout_->inbox(),
                                        .status = [this] { return status(); }};
  for (std::size_t i = 0; i < state::kLanes; ++i) {
    auto lane = lane::LaneThread::open(context_, config.lanes[i], *store_, neighbours);
    if (!lane) {
      const auto& options = config.lanes[i];
      return base::fail(lane.error().code, fmt::format("lane {} on {}: {}", name(options.lane.kind),
                                                       options.router.endpoint, lane.error().text));
    }
    lanes_[i] = std::move(*lane);
  }
  return {};
}

void Bridge::start() {
  committer_->start();
  fanout_->start();
  backups_->start();
  for (auto& lane : lanes_) lane->start();
}

void Bridge::stop() {
  if (backups_) backups_->stop();
  // While the lanes still carry what gateways acknowledge.
  if (fanout_) fanout_->stop();
  // Upstream first, so that what each still says reaches the next: answers, then BYE.
  if (committer_) committer_->stop();
  for (auto& lane : lanes_)
    if (lane) lane->stop();
}

void Bridge::set_limits(const Config& config) {
  for (std::size_t i = 0; i < state::kLanes; ++i)
    lanes_[i]->set_limits(config.lanes[i].lane.limits);
  fanout_->set_limit(config.fanout.fanout.deliveries_per_person);
}

void Bridge::batch(fanout::SessionId session, std::uint64_t sequence, std::string body) {
  lanes_[state::kImLane]->batch(session, sequence, std::move(body));
}

std::size_t Bridge::room() const {
  return lanes_[state::kImLane]->room();
}

void Bridge::reply(const state::ReplyAddress& to, wire::Reply reply) {
  lanes_[to.lane]->reply(to, std::move(reply));
}

wire::StatusReport Bridge::status() const {
  wire::StatusReport report;
  const state::CommitterCounters& commits = committer_->counters();
  const fanout::FanoutCounters& fan = fanout_->counters();
  report.set_head(store_->head());
  report.set_accounts(commits.accounts.value());
  report.set_follows(commits.follows.value());
  report.set_tracks(commits.tracks.value());
  report.set_online(fan.online.value());
  report.set_matched_to(fan.position.value());
  report.set_uptime_ms(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(base::read_clocks().mono - started_)
          .count()));
  for (std::size_t i = 0; i < state::kLanes; ++i) {
    const lane::LaneCounters& counters = lanes_[i]->counters();
    auto& line = *report.add_lanes();
    line.set_lane(std::string(name(lanes_[i]->kind())));
    line.set_sessions(counters.sessions.value());
    line.set_requests(counters.requests.value());
    line.set_refused(counters.rate_limited.value() + counters.busy.value() +
                     counters.forbidden.value());
    line.set_queued(committer_->waiting(i));
  }
  const auto count = [&](const char* label, std::uint64_t value) {
    auto& counter = *report.add_counters();
    counter.set_name(label);
    counter.set_value(value);
  };
  count("posts", commits.posts.value());
  count("commit_batches", commits.batches.value());
  count("commit_records", commits.records.value());
  count("commits_refused_by_disk", commits.refused_by_disk.value());
  count("matched", fan.matched.value());
  count("deliveries", fan.deliveries.value());
  count("deliveries_acknowledged", fan.acknowledged.value());
  count("deliveries_returned", fan.returned.value());
  count("deliveries_withdrawn", fan.withdrawn.value());
  count("deliveries_held_by_limit", fan.held.value());
  count("catch_up_records", fan.caught_up.value());
  count("catch_up_people", fan.behind.value());
  // Of each class: what the operations page draws.
  for (std::size_t i = 0; i < fanout::kKinds; ++i) {
    const fanout::KindCounters& kind = fan.kinds[i];
    const std::string_view name = fanout::name(static_cast<fanout::Kind>(i));
    count(fmt::format("delivered_{}", name).c_str(), kind.delivered.value());
    count(fmt::format("queued_{}", name).c_str(), kind.queued.value());
    count(fmt::format("oldest_ms_{}", name).c_str(), kind.age_ms.value());
  }
  return report;
}

}  // namespace bridge
