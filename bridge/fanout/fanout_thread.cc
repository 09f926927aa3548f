#include "bridge/fanout/fanout_thread.h"

#include <algorithm>

#include "bridge/base/log.h"
#include "bridge/base/thread.h"
#include "bridge/wire/messages.h"

namespace bridge::fanout {
namespace {

// How long gateways have to acknowledge what they were handed when this is told to stop; many times
// what a healthy XMPP server takes to answer a ping.
constexpr std::chrono::seconds kFarewell{3};
constexpr std::chrono::milliseconds kTryAgain{100};

// Calls the handler whose argument fits.
template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

FanoutThread::FanoutThread(const backbone::Store& store, backbone::CursorStore& cursors,
                           FanoutThreadOptions options, FanoutOutput& output)
    : store_(store),
      options_(std::move(options)),
      output_(output),
      fanout_(store, cursors, options_.fanout, *this) {}

base::Result<void> FanoutThread::load(const state::Snapshot& snapshot) {
  if (auto loaded = fanout_.load(snapshot); !loaded) return loaded;
  tail_ = std::make_unique<backbone::LogTail>(store_, fanout_.position());
  return {};
}

void FanoutThread::start() {
  thread_ = std::thread([this] { run(); });
}

void FanoutThread::stop() {
  if (!thread_.joinable()) return;
  stop_.push(true);
  thread_.join();
}

void FanoutThread::set_limits(const FanoutLimits& limits, std::chrono::milliseconds web_p99) {
  // Drained every turn, and at least once a second.
  while (!limits_.push({limits, web_p99})) std::this_thread::yield();
}

// The website's latest window, once it is there.
void FanoutThread::feel_pressure(base::Time now) {
  if (web_ == nullptr || web_->window.value() == web_window_) return;
  web_window_ = web_->window.value();
  pressure_.observe(std::chrono::nanoseconds(static_cast<std::int64_t>(web_->p99_ns.value())),
                    web_->count.value(), now);
  fanout_.set_pressure(pressure_.level());
}

void FanoutThread::show(base::Time now) {
  constexpr std::size_t kShown = 50;
  constexpr std::chrono::seconds kShowEvery{1};
  if (now < next_show_) return;
  next_show_ = now + kShowEvery;
  reach_.show({fanout_.top_words(kShown), fanout_.top_authors(kShown)});
}

void FanoutThread::run() {
  base::name_thread("fanout");
  base::lower_priority(options_.nice);
  base::Now now = base::read_clocks();
  checkpoints_ = {options_.checkpoint_every, now.mono};
  while (stop_.size() == 0) {
    meter_.begin(now.mono);
    const std::size_t work = turn(now);
    meter_.end(base::read_clocks().mono);
    if (work == 0)
      base::wait_readable({tail_->fd(), inbox_.fd(), limits_.fd(), stop_.fd()}, rest(now.mono));
    now = base::read_clocks();
  }
  drain();
  fanout_.settle();
  checkpoint(true);
}

// Until everything handed over was acknowledged or given back. What then waits for a receipt may
// wait long.
void FanoutThread::drain() {
  base::Time now = base::read_clocks().mono;
  for (const base::Time until = now + kFarewell; now < until; now = base::read_clocks().mono) {
    if (handle_events() + apply_records() > 0) continue;
    if (fanout_.counters().unacknowledged.value() == 0) return;
    base::wait_readable({tail_->fd(), inbox_.fd()},
                        std::chrono::ceil<std::chrono::milliseconds>(until - now));
  }
}

std::size_t FanoutThread::turn(base::Now now) {
  std::unique_lock<std::mutex> alone;
  if (options_.taking_turns != nullptr) alone = std::unique_lock(*options_.taking_turns);
  feel_pressure(now.mono);
  show(now.mono);
  std::size_t work = handle_events() + apply_records();
  // A turn makes at most kDeliveriesPerTurn batches, were each delivery a batch of its own.
  if (output_.room() > Fanout::kDeliveriesPerTurn) work += fanout_.turn(now);
  answer();
  if (checkpoints_.due(now.mono, fanout_.changed_people())) checkpoint(false);
  return work;
}

std::chrono::milliseconds FanoutThread::rest(base::Time now) const {
  // The lane has no way to say that there is room again: look every so often.
  constexpr std::chrono::milliseconds kRoomAgain{1};
  if (output_.room() <= Fanout::kDeliveriesPerTurn) return kRoomAgain;
  const base::Time wake =
      std::min(fanout_.next_wakeup().value_or(base::Time::max()), checkpoints_.regular());
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(wake - now),
                  std::chrono::milliseconds(0));
}

std::size_t FanoutThread::apply_records() {
  const auto records = tail_->next(std::min(kRecordsPerTurn, fanout_.room()));
  if (!records) {
    base::log::warning("the fan-out cannot read the log, trying again: {}", records.error().text);
    return 0;
  }
  for (const backbone::RecordPtr& record : *records) fanout_.apply(record);
  return records->size();
}

std::size_t FanoutThread::handle_events() {
  constexpr std::size_t kEventsPerTurn = 1024;
  std::vector<Event> events;
  inbox_.drain(events, kEventsPerTurn);
  for (const Event& event : events) handle(event);
  std::vector<NewLimits> limits;
  if (limits_.drain(limits, limits_.capacity()) > 0) {
    pressure_.set_options({.target = limits.back().web_p99});
    fanout_.set_limits(std::move(limits.back().limits));
  }
  return events.size() + limits.size();
}

void FanoutThread::handle(const Event& event) {
  std::visit(Overloaded{[&](const Opened& e) { fanout_.open(e.session, e.reaches); },
                        [&](const Closed& e) { fanout_.close(e.session, e.in_order); },
                        [&](const Granted& e) { fanout_.grant(e.session, e.deliveries, e.bytes); },
                        [&](const Acknowledged& e) { fanout_.acknowledge(e.session, e.sequence); },
                        [&](const GivenBack& e) { fanout_.give_back(e.session, e.nack); },
                        [&](const Confirmed& e) { fanout_.confirm(e.session, e.receipt); },
                        [&](const PresenceChanged& e) { fanout_.presence(e.session, e.presence); },
                        [&](const Asked& e) {
                          if (!e.request.has_roster()) {
                            asked_[next_ticket_] = e.reply_to;
                            fanout_.ask(next_ticket_++, e.request);
                            return;
                          }
                          wire::Reply reply;
                          *reply.mutable_roster() =
                              fanout_.roster(e.reply_to.session, e.request.roster());
                          output_.reply(e.reply_to, std::move(reply));
                        }},
             event);
}

void FanoutThread::answer() {
  for (Fanout::Answer& answer : fanout_.take_answers()) {
    const auto it = asked_.find(answer.ticket);
    output_.reply(it->second, std::move(answer.reply));
    asked_.erase(it);
  }
  if (auto expiry = fanout_.take_expiry()) output_.expire(std::move(*expiry));
  for (Fanout::Change& change : fanout_.take_changes()) {
    const state::ReplyAddress to = asked_.extract(change.ticket).mapped();
    if (!output_.submit({.reply_to = to,
                         .request = std::move(change.request),
                         .caught = std::move(change.caught)}))
      output_.reply(to,
                    wire::error_reply({base::ErrorCode::kBusy,
                                       "The log has a queue: try again in a moment.", kTryAgain}));
  }
}

void FanoutThread::checkpoint(bool sync) {
  const base::Time began = base::read_clocks().mono;
  const auto written = fanout_.checkpoint(sync);
  checkpoints_.written(began, base::read_clocks().mono, written.has_value());
  if (!written)
    base::log::warning("cursors could not be saved, trying again: {}", written.error().text);
}

void FanoutThread::deliver(SessionId session, std::uint64_t sequence, const wire::Batch& batch) {
  output_.batch(session, sequence, wire::serialize(batch));
}

}  // namespace bridge::fanout
