#include "bridge/lane/lane_thread.h"

#include <stdexcept>

#include "bridge/base/log.h"
#include "bridge/base/thread.h"

namespace bridge::lane {

base::Result<std::unique_ptr<LaneThread>> LaneThread::open(wire::Context& context,
                                                           LaneThreadOptions options,
                                                           const backbone::Store& store,
                                                           LaneNeighbours neighbours) {
  auto router = wire::Router::bind(context, options.router);
  if (!router) return tl::unexpected(router.error());
  return std::unique_ptr<LaneThread>(
      new LaneThread(std::move(*router), std::move(options), store, std::move(neighbours)));
}

LaneThread::LaneThread(wire::Router router, LaneThreadOptions options, const backbone::Store& store,
                       LaneNeighbours neighbours)
    : router_(std::move(router)),
      options_(std::move(options)),
      neighbours_(std::move(neighbours)),
      tail_(store, store.head()),
      lane_(options_.lane, store, *this),
      replies_(options_.lane.requests_max) {}

void LaneThread::start() {
  thread_ = std::thread([this] { run(); });
}

void LaneThread::stop() {
  if (!thread_.joinable()) return;
  stop_.push(true);
  thread_.join();
}

void LaneThread::reply(const state::ReplyAddress& to, wire::Reply reply) {
  // Sessions that went away leave unanswered requests behind that are not counted any more, so the
  // bound can be met; those are the replies nobody waits for, and the mailbox drains in a moment.
  ReplyMail mail{to.session, to.sequence, std::move(reply)};
  // NOLINTNEXTLINE(bugprone-use-after-move): what does not fit is left with its caller.
  while (!replies_.push(std::move(mail))) std::this_thread::yield();
}

void LaneThread::batch(std::uint64_t session, std::uint64_t sequence, std::string body) {
  if (!batches_.push({session, sequence, std::move(body)}))
    throw std::logic_error("the fan-out sent more batches than there was room for");
}

void LaneThread::run() {
  base::name_thread(("lane-" + std::string(name(kind()))).c_str());
  if (options_.nice > 0) base::lower_priority(options_.nice);
  wire::Poller poller;
  poller.add(router_);
  for (const int fd : {replies_.fd(), batches_.fd(), limits_.fd(), stop_.fd(), tail_.fd()})
    poller.add_fd(fd);
  constexpr std::chrono::milliseconds kRest{100};  // for silence and full outboxes
  while (stop_.size() == 0) {
    const base::Now now = base::read_clocks();
    meter_.begin(now.mono);
    const std::size_t work = turn(now);
    meter_.end(base::read_clocks().mono);
    if (work == 0) poller.wait(kRest);
  }
  turn(base::read_clocks());
  lane_.shut_down();
  pass_on_events();
}

void LaneThread::show(base::Time now) {
  constexpr std::size_t kShown = 50;
  constexpr std::chrono::seconds kShowEvery{1};
  if (now < next_show_) return;
  next_show_ = now + kShowEvery;
  throttled_.show(lane_.throttled(kShown));
}

std::size_t LaneThread::turn(base::Now now) {
  std::unique_lock<std::mutex> alone;
  if (options_.taking_turns != nullptr) alone = std::unique_lock(*options_.taking_turns);
  lane_.begin_turn(now);
  show(now.mono);
  std::size_t work = read_mail();
  if (const auto records = tail_.next(Feed::kReadRecords)) {
    lane_.on_records(*records);
    work += records->size();
  }
  const bool reads = pass_on_events();
  const std::size_t received = reads ? receive(now) : 0;
  work += received + lane_.turn(now);
  if (reads && received < kMessagesPerTurn) lane_.forget_gone();
  return work;
}

std::size_t LaneThread::read_mail() {
  drained_replies_.clear();
  drained_batches_.clear();
  std::vector<LaneLimits> limits;
  replies_.drain(drained_replies_, kMessagesPerTurn);
  batches_.drain(drained_batches_, kMessagesPerTurn);
  if (limits_.drain(limits, limits_.capacity()) > 0) lane_.set_limits(limits.back());
  for (const ReplyMail& mail : drained_replies_)
    lane_.on_reply(mail.session, mail.sequence, mail.reply);
  for (const BatchMail& mail : drained_batches_)
    lane_.on_batch(mail.session, mail.sequence, mail.body);
  return drained_replies_.size() + drained_batches_.size() + limits.size();
}

std::size_t LaneThread::receive(base::Now now) {
  std::size_t received = 0;
  while (received < kMessagesPerTurn) {
    const auto message = router_.receive();
    if (!message) break;
    lane_.on_message(*message, now);
    ++received;
  }
  return received;
}

wire::SendOutcome LaneThread::send(std::string_view peer, const wire::Header& header,
                                   std::string_view body) {
  return router_.send(peer, header, body);
}

bool LaneThread::submit(state::Submission submission) {
  return neighbours_.submit(std::move(submission));
}

void LaneThread::tell(fanout::Event event) {
  untold_.push_back(std::move(event));
  pass_on_events();
}

bool LaneThread::inquire(fanout::Asked question) {
  return pass_on_events() && neighbours_.fanout->push(fanout::Event(std::move(question)));
}

bool LaneThread::pass_on_events() {
  while (!untold_.empty()) {
    if (!neighbours_.fanout->push(std::move(untold_.front()))) return false;
    untold_.pop_front();
  }
  return true;
}

}  // namespace bridge::lane
