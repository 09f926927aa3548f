#include "bridge/bridge.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <utility>

#include "bridge/base/log.h"
#include "bridge/state/snapshot.h"
#include "bridge/wire/messages.h"

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

double seconds_since(base::Time begun) {
  return std::chrono::duration<double>(base::read_clocks().mono - begun).count();
}

// With ten million subscriptions it takes a while: the log says how far it is.
base::Result<state::Snapshot> read_state(const backbone::Store& store) {
  const base::Time begun = base::read_clocks().mono;
  std::atomic<std::uint64_t> records = 0;
  auto snapshot = state::Snapshot::read(store, [&](std::uint64_t more) {
    base::log::info("reading the state: {} records in {:.1f} s", records += more,
                    seconds_since(begun));
  });
  if (snapshot)
    base::log::info(
        "read the state: {} records, {} accounts, {} subscriptions to {} phrases, in {:.1f} s",
        snapshot->records(), snapshot->accounts().size(), snapshot->tracks().size(),
        snapshot->phrases().size(), seconds_since(begun));
  return snapshot;
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
  base::log::info("the store is open, after {:.1f} s", seconds_since(started_));
  auto cursors = backbone::EmbeddedCursorStore::open(config.store.path, store_log);
  if (!cursors) return tl::unexpected(cursors.error());
  cursors_ = std::move(*cursors);

  no_isolation_ = config.no_isolation;
  if (no_isolation_)
    base::log::warning("there is no isolation of any kind: no lanes, no limits, no priorities");
  fanout::FanoutThreadOptions fanout = config.fanout;
  if (no_isolation_) fanout.nice = 0;
  if (no_isolation_) fanout.taking_turns = &taking_turns_;
  fanout_ = std::make_unique<fanout::FanoutThread>(*store_, *cursors_, fanout,
                                                   static_cast<FanoutOutput&>(*this));
  // Read once; what the committer needs is made of it while the fan-out makes its own.
  auto snapshot = read_state(*store_);
  if (!snapshot) return tl::unexpected(snapshot.error());
  auto basis = std::async(std::launch::async, [&] {
    const base::Time begun = base::read_clocks().mono;
    auto made = state::Committer::prepare(*snapshot);
    base::log::info("made what the committer needs of it in {:.1f} s", seconds_since(begun));
    return made;
  });
  const base::Time begun = base::read_clocks().mono;
  if (auto loaded = fanout_->load(*snapshot); !loaded) return loaded;
  base::log::info("made what the fan-out needs of it in {:.1f} s", seconds_since(begun));
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
  if (auto loaded = committer_->load(basis.get()); !loaded) return loaded;
  book_ = std::make_unique<limits::Book>(
      config.limits, seed_, [this](const limits::Limits& limits) { hand_out(limits); });
  book_->load(committer_->limits());
  committer_->on_limit([this](const backbone::Record& record) { book_->apply(record); });
  if (no_isolation_) committer_->without_lanes();
  if (!no_isolation_) fanout_->watch(lanes_[state::kWebLane]->latency());
  return {};
}

// Every thread has its own copy, whole, and goes by it from its next turn on.
void Bridge::hand_out(const limits::Limits& limits) {
  if (no_isolation_) return;
  using limits::Limit;
  for (auto& lane : lanes_) lane->set_limits(lane::lane_limits(limits, lane->kind()));
  const auto number = [&](Limit limit) { return static_cast<std::uint32_t>(limits.number(limit)); };
  const auto share = [&](Limit weight, Limit reserve) {
    return fanout::ClassShare{.weight = number(weight), .reserve = number(reserve)};
  };
  fanout_->set_limits({.deliveries_per_person = limits.rule(Limit::kDeliveriesPerPerson),
                       .deliveries = limits.rule(Limit::kDeliveries),
                       .listeners_per_author = limits.rule(Limit::kListenersPerAuthor),
                       .under_pressure = limits.rule(Limit::kDeliveriesUnderPressure),
                       .shares = {.direct = share(Limit::kWeightDirect, Limit::kReserveDirect),
                                  .reply = share(Limit::kWeightReply, Limit::kReserveReply),
                                  .follow = share(Limit::kWeightFollow, Limit::kReserveFollow),
                                  .track = share(Limit::kWeightTrack, Limit::kReserveTrack),
                                  .backlog = share(Limit::kWeightBacklog, Limit::kReserveBacklog),
                                  .idle_rounds = number(Limit::kIdleRounds)},
                       .age_target = limits.duration(Limit::kDeliveryAge),
                       .seed = seed_},
                      limits.duration(Limit::kWebP99));
}

base::Result<void> Bridge::open_lanes(const Config& config) {
  const lane::LaneNeighbours neighbours{.submit =
                                            [this](state::Submission s) {
                                              return s.request.has_backup()
                                                         ? backups_->submit(std::move(s))
                                                         : committer_->submit(std::move(s));
                                            },
                                        .fanout = &fanout_->inbox(),
                                        .status = [this] { return status(); },
                                        .look = [this](const wire::Request& r) { return look(r); }};
  for (std::size_t i = 0; i < state::kLanes; ++i) {
    lane::LaneThreadOptions lane_options = config.lanes[i];
    lane_options.lane.seed = seed_;
    if (no_isolation_) lane_options.nice = 0;
    if (no_isolation_) lane_options.taking_turns = &taking_turns_;
    auto lane = lane::LaneThread::open(context_, lane_options, *store_, neighbours);
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
  book_->set_file(config.limits, "the configuration");
}

wire::Reply Bridge::look(const wire::Request& request) const {
  wire::Reply reply;
  if (request.has_top()) {
    *reply.mutable_top() = top(request.top().count());
  } else if (request.has_limit_history()) {
    auto changes = limits::history(*store_, book_->newest(), request.limit_history());
    if (!changes) return wire::error_reply(changes.error());
    *reply.mutable_limit_changes() = std::move(*changes);
  } else {
    auto report = book_->report(request.show_limits().name());
    if (!report) return wire::error_reply(report.error());
    const base::LatencyGauges& web = lanes_[state::kWebLane]->latency();
    report->set_pressure(static_cast<std::uint32_t>(fanout_->counters().pressure.value()));
    report->set_web_p99_us(web.p99_ns.value() / 1000);
    *reply.mutable_limits() = std::move(*report);
  }
  return reply;
}

wire::TopReport Bridge::top(std::size_t count) const {
  constexpr std::size_t kMost = 50;
  const std::size_t most = count == 0 ? 10 : std::min(count, kMost);
  wire::TopReport report;
  const auto group = [&](std::string what,
                         const std::vector<throttle::TopTalkers::Talker>& talkers) {
    auto& lines = *report.add_groups();
    lines.set_what(std::move(what));
    for (const auto& talker : talkers) {
      if (static_cast<std::size_t>(lines.lines_size()) == most) break;
      auto& line = *lines.add_lines();
      line.set_key(talker.key);
      line.set_count(talker.count);
      line.set_error(talker.error);
    }
  };
  for (const auto& lane : lanes_) {
    const lane::Throttled throttled = lane->throttled();
    group(fmt::format("{} people over a limit", name(lane->kind())), throttled.people);
    if (lane->kind() == lane::Kind::kIm) group("im domains over a limit", throttled.domains);
  }
  const fanout::Reach reach = fanout_->reach();
  group("words by listeners", reach.words);
  group("authors by listeners", reach.authors);
  return report;
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

bool Bridge::submit(state::Submission submission) {
  return committer_->submit(std::move(submission));
}

void Bridge::expire(backbone::Expiry expiry) {
  committer_->expire(std::move(expiry));
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
  count("records_to_erase", commits.to_erase.value());
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
