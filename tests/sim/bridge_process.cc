#include "tests/sim/bridge_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "bridge/wire/messages.h"
#include "tests/sim/describe.h"
#include "tests/sim/home.h"

namespace tests::sim {
namespace {

using bridge::state::kLanes;
namespace fanout = bridge::fanout;
namespace state = bridge::state;
namespace lane = bridge::lane;

constexpr std::size_t kMessagesPerTurn = 64;
constexpr std::size_t kRecordsPerTurn = 128;
constexpr std::size_t kPeopleMax = 1000;  // more than there are; larger tables take time to make

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

lane::LaneOptions lane_options(std::size_t index, const Limits& limits) {
  lane::LaneOptions options;
  options.index = index;
  options.kind = index == state::kImLane    ? lane::Kind::kIm
                 : index == state::kWebLane ? lane::Kind::kWeb
                                            : lane::Kind::kAdmin;
  options.limits = limits.lanes;
  options.people_max = kPeopleMax;
  options.ping_after = milliseconds(400);
  options.silence_max = milliseconds(2500);
  return options;
}

template <class T>
T take_front(std::deque<T>& from) {
  T item = std::move(from.front());
  from.pop_front();
  return item;
}

}  // namespace

fanout::FanoutOptions fanout_options(const Plan& plan, const Limits& limits) {
  fanout::FanoutOptions options;
  options.deliveries_per_person = limits.deliveries_per_person;
  options.people_max = kPeopleMax;
  options.deliveries = *throttle::Policy::parse("2000/1s burst 20");
  options.shares.track.reserve = 3;  // more than its weight
  options.shares.idle_rounds = 4;
  options.quantum = plan.quantum;
  options.hot_list = plan.hot_list;
  options.catch_up_max = plan.catch_up_max;
  options.retention = plan.retention;
  options.bounce_waits = kBounceWaits;
  if (plan.mutant == Mutant::kNoBackOff)
    options.bounce_waits = {milliseconds(1), milliseconds(1), milliseconds(1)};
  options.receipt_waits = {.unproven = milliseconds(8000), .proven = milliseconds(20'000)};
  return options;
}

BridgeProcess::BridgeProcess(Stage& stage, Disk& disk, std::array<LaneWires*, kLanes> wires,
                             const Limits& limits)
    : stage_(stage),
      disk_(disk),
      committer_(disk.log(), state::Rules{.directs_from_anybody = true},
                 static_cast<CommitListener&>(*this)),
      fanout_(disk.log(), disk.cursors(), fanout_options(stage.plan, limits),
              static_cast<DeliverySink&>(*this)),
      next_checkpoint_(stage.agenda.now() + stage.plan.checkpoint_every) {
  if (!fanout_.load() || !committer_.load())
    stage_.laws.broken("the bridge cannot read its stores");
  fanout_tail_ = std::make_unique<bridge::backbone::LogTail>(disk.log(), fanout_.position());
  commit_worker_ =
      std::make_unique<Worker>(stage_, milliseconds(1000), [this] { return stage_requests(); });
  fanout_worker_ = std::make_unique<Worker>(stage_, milliseconds(50), [this] { return fan_out(); });
  for (std::size_t i = 0; i < kLanes; ++i) {
    seats_[i] = std::make_unique<Seat>(*this, i, *wires[i]);
    seats_[i]->lane.set_limits(limits.lanes);
  }
}

void BridgeProcess::arrive(std::size_t index, const std::string& peer, wire::Message message) {
  wire::Received received{.peer = peer, .user = {}, .raw = {}, .message = std::move(message)};
  seats_[index]->inbound.push_back(std::move(received));
  seats_[index]->worker.wake();
}

void BridgeProcess::set_limits(const Limits& limits) {
  fanout_.set_limit(limits.deliveries_per_person);
  for (auto& seat : seats_) seat->lane.set_limits(limits.lanes);
  fanout_worker_->wake();
}

void BridgeProcess::stop() {
  while (apply_records() + handle_events() > 0) continue;
  fanout_.settle();
  checkpoint(true);
  // What is committed only now is matched after the next start.
  commit();
  committing_ = false;
  while (stage_requests() > 0) commit();
  commit();
  for (auto& seat : seats_) seat->shut_down();
}

// ---- the committer -----------------------------------------------------------------------------

std::size_t BridgeProcess::stage_requests() {
  if (committing_ || gave_up_) return 0;
  std::size_t staged = 0;
  for (std::size_t i = 0; i < kLanes; ++i) {
    for (std::size_t n = 0; n < state::kCommitQuota[i] && !submitted_[i].empty(); ++n) {
      if (committer_.full()) write();
      committer_.stage(take_front(submitted_[i]), stage_.agenda.clocks());
      ++staged;
    }
  }
  if (staged == 0) {
    write();  // tries a disk that was full
    return let_go();
  }
  // The sync takes its time, in which more arrives, or the end comes.
  committing_ = true;
  stage_.agenda.after(stage_.dice.between(microseconds(100), microseconds(15'000)),
                      lifetime_.while_alive([this] { commit(); }));
  return staged;
}

void BridgeProcess::commit() {
  if (!committing_) return;
  committing_ = false;
  write();
  let_go();
  commit_worker_->wake();
}

// What is kept no longer, and what is erased. How much there was to do.
std::size_t BridgeProcess::let_go() {
  const auto expiry = std::exchange(expiry_, std::nullopt);
  if (gave_up_) return 0;
  const bool erasing = committer_.erase_some();
  if (!expiry || !committer_.expire(*expiry)) return erasing ? 1 : 0;
  stage_.trace.say("posts up to #{} are kept no longer", expiry->to);
  stage_.laws.expired(expiry->to);
  return 1;
}

void BridgeProcess::write() {
  try {
    committer_.commit(stage_.agenda.clocks());
  } catch (const Violation&) {
    throw;
  } catch (const std::runtime_error& error) {
    gave_up_ = true;
    stage_.trace.say("the bridge gives up: {}", error.what());
  }
}

void BridgeProcess::on_reply(const state::ReplyAddress& to, wire::Reply reply) {
  Seat& seat = *seats_[to.lane];
  seat.replies.push_back({to.session, to.sequence, std::move(reply)});
  seat.worker.wake();
}

void BridgeProcess::on_committed(const std::vector<RecordPtr>& records) {
  for (const RecordPtr& record : records) {
    stage_.trace.say("committed {}", describe(*record));
    if (record->has_address_moved()) stage_.laws.breaks();  // what was on its way comes again
  }
  const auto batch = std::make_shared<const std::vector<RecordPtr>>(records);
  fanout_tail_->offer(batch);
  fanout_worker_->wake();
  for (auto& seat : seats_) {
    seat->tail.offer(batch);
    seat->worker.wake();
  }
}

// ---- the fan-out -------------------------------------------------------------------------------

std::size_t BridgeProcess::fan_out() {
  std::size_t work = handle_events() + apply_records();
  const std::size_t room = kBatchesMax - seats_[state::kImLane]->batches.size();
  if (room > fanout::Fanout::kDeliveriesPerTurn) work += fanout_.turn(stage_.agenda.clocks());
  for (auto& answer : fanout_.take_answers())
    on_reply(asked_.extract(answer.ticket).mapped(), std::move(answer.reply));
  if (auto expiry = fanout_.take_expiry()) {
    expiry_ = std::move(expiry);
    commit_worker_->wake();
  }
  for (auto& change : fanout_.take_changes()) {
    const auto to = asked_.extract(change.ticket).mapped();
    if (!seats_[to.lane]->submit({.reply_to = to,
                                  .request = std::move(change.request),
                                  .caught = std::move(change.caught)}))
      on_reply(to,
               wire::error_reply({bridge::base::ErrorCode::kBusy, "A queue.", milliseconds(100)}));
  }
  if (stage_.agenda.now() >= next_checkpoint_) checkpoint(false);
  return work;
}

std::size_t BridgeProcess::apply_records() {
  const auto records = fanout_tail_->next(std::min(kRecordsPerTurn, fanout_.room()));
  if (!records) return 0;
  for (const RecordPtr& record : *records) fanout_.apply(record);
  return records->size();
}

std::size_t BridgeProcess::handle_events() {
  std::size_t handled = 0;
  for (; !events_.empty(); ++handled) handle(take_front(events_));
  return handled;
}

void BridgeProcess::handle(const fanout::Event& event) {
  std::visit(
      Overloaded{[&](const fanout::Opened& e) { fanout_.open(e.session); },
                 [&](const fanout::Closed& e) {
                   disk_.done().closed(e.session);
                   fanout_.close(e.session, e.in_order);
                 },
                 [&](const fanout::Granted& e) { fanout_.grant(e.session, e.deliveries, e.bytes); },
                 [&](const fanout::Acknowledged& e) {
                   // Where clients confirm, that is what counts.
                   if (!stage_.plan.receipts) disk_.done().acknowledged(e.session, e.sequence);
                   fanout_.acknowledge(e.session, e.sequence);
                 },
                 [&](const fanout::GivenBack& e) {
                   // That of a digest names no delivery.
                   if (!e.nack.digest())
                     disk_.done().returned(e.session, home_of(e.nack.address()), e.nack.id());
                   if (!e.nack.unsent() && !e.nack.digest())
                     stage_.laws.came_back(home_of(e.nack.address()), e.nack.id());
                   fanout_.give_back(e.session, e.nack);
                 },
                 [&](const fanout::Confirmed& e) {
                   disk_.done().confirmed(home_of(e.receipt.address()), e.receipt.id());
                   fanout_.confirm(e.session, e.receipt);
                 },
                 [&](const fanout::PresenceChanged& e) { fanout_.presence(e.session, e.presence); },
                 [&](const fanout::Asked& e) {
                   if (!e.request.has_roster()) {
                     asked_[next_ticket_] = e.reply_to;
                     return fanout_.ask(next_ticket_++, e.request);
                   }
                   wire::Reply reply;
                   *reply.mutable_roster() = fanout_.roster(e.reply_to.session, e.request.roster());
                   on_reply(e.reply_to, std::move(reply));
                 }},
      event);
}

void BridgeProcess::checkpoint(bool sync) {
  next_checkpoint_ = stage_.agenda.now() + stage_.plan.checkpoint_every;
  // A full disk refuses it: it is tried again.
  if (fanout_.checkpoint(sync)) disk_.done().saved(sync);
}

void BridgeProcess::deliver(fanout::SessionId session, std::uint64_t sequence,
                            const wire::Batch& batch) {
  for (const auto& item : batch.items()) {
    judge_text(item);
    stage_.laws.require(!disk_.is_erased(item.id(), fanout_.position()),
                        fmt::format("#{} is sent though it was erased", item.id()));
  }
  for (const auto& item : batch.items())
    for (const auto& to : item.recipients()) {
      disk_.done().sent(session, sequence, home_of(to.address()), item.id());
      stage_.laws.handed_over(home_of(to.address()), item.id());
      stage_.trace.say("the fan-out sends #{} to {} in batch {}.{}", item.id(), to.address(),
                       session, sequence);
    }
  Seat& seat = *seats_[state::kImLane];
  seat.batches.push_back({session, sequence, wire::serialize(batch)});
  stage_.laws.require(seat.batches.size() <= kBatchesMax,
                      "law 5: more batches than there was room");
  seat.worker.wake();
}

// What the fan-out knows to be changed is not sent as it was.
void BridgeProcess::judge_text(const wire::Item& item) {
  bool known = false;
  bool same = false;
  for (const RecordPtr& record : disk_.changes_of(item.id())) {
    if (record->id() <= fanout_.position()) {
      known = true;
      same = false;
    }
    same |= !record->changed().deleted() && record->changed().text() == item.text();
  }
  stage_.laws.require(!known || same,
                      fmt::format("#{} is sent as it was before it was changed", item.id()));
}

// ---- a lane ------------------------------------------------------------------------------------

BridgeProcess::Seat::Seat(BridgeProcess& the_process, std::size_t the_index, LaneWires& the_wires)
    : process(the_process),
      index(the_index),
      wires(the_wires),
      tail(process.disk_.log(), process.disk_.log().head()),
      lane(lane_options(the_index, {}), process.disk_.log(), *this),
      worker(process.stage_, milliseconds(100), [this] { return turn(); }) {}

std::size_t BridgeProcess::Seat::turn() {
  std::size_t work = 0;
  for (; !replies.empty(); ++work) {
    const ReplyMail mail = take_front(replies);
    lane.on_reply(mail.session, mail.sequence, mail.reply);
  }
  for (; !batches.empty(); ++work) {
    const BatchMail mail = take_front(batches);
    lane.on_batch(mail.session, mail.sequence, mail.body);
  }
  if (const auto records = tail.next(lane::Feed::kReadRecords)) {
    lane.on_records(*records);
    work += records->size();
  }
  for (std::size_t n = 0; n < kMessagesPerTurn && pass_on_events() && !inbound.empty(); ++n, ++work)
    lane.on_message(take_front(inbound), process.stage_.agenda.clocks());
  work += lane.turn(process.stage_.agenda.clocks());
  if (inbound.empty()) lane.forget_gone();
  return work;
}

void BridgeProcess::Seat::shut_down() {
  turn();
  lane.shut_down();
}

bool BridgeProcess::Seat::submit(state::Submission submission) {
  auto& box = process.submitted_[index];
  if (box.size() >= process.stage_.plan.inbox_max) return false;
  box.push_back(std::move(submission));
  process.commit_worker_->wake();
  return true;
}

void BridgeProcess::Seat::tell(fanout::Event event) {
  untold.push_back(std::move(event));
  pass_on_events();
}

bool BridgeProcess::Seat::inquire(fanout::Asked question) {
  if (!pass_on_events() || process.events_.size() >= kEventsMax) return false;
  process.events_.push_back(std::move(question));
  process.fanout_worker_->wake();
  return true;
}

bool BridgeProcess::Seat::pass_on_events() {
  while (!untold.empty()) {
    if (process.events_.size() >= kEventsMax) return false;
    process.events_.push_back(take_front(untold));
    process.fanout_worker_->wake();
  }
  return true;
}

}  // namespace tests::sim
