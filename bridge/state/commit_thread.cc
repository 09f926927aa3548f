#include "bridge/state/commit_thread.h"

#include <utility>

#include "bridge/base/thread.h"

namespace bridge::state {

CommitThread::CommitThread(backbone::Store& store, Rules rules,
                           std::vector<backbone::LogTail*> tails, Reply reply)
    : committer_(store, std::move(rules), *this),
      tails_(std::move(tails)),
      reply_(std::move(reply)) {
  for (auto& inbox : inboxes_) inbox = std::make_unique<base::Mailbox<Submission>>(kInboxMax);
}

void CommitThread::start() {
  thread_ = std::thread([this] { run(); });
}

void CommitThread::stop() {
  if (!thread_.joinable()) return;
  stop_.push(true);
  thread_.join();
}

bool CommitThread::submit(Submission submission) {
  const std::size_t inbox = one_queue_ ? 0 : submission.reply_to.lane;
  return inboxes_[inbox]->push(std::move(submission));
}

bool CommitThread::stage(base::Now now) {
  drained_.clear();
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    inboxes_[lane]->drain(drained_, kCommitQuota[lane]);
  for (Submission& submission : drained_) {
    if (committer_.full()) committer_.commit(now);
    committer_.stage(std::move(submission), now);
  }
  return !drained_.empty();
}

void CommitThread::run() {
  base::name_thread("committer");
  bool stopping = false;
  erasing_ = committer_.erase_some();
  for (;;) {
    base::wait_readable(
        {inboxes_[0]->fd(), inboxes_[1]->fd(), inboxes_[2]->fd(), expiries_.fd(), stop_.fd()},
        std::chrono::milliseconds(erasing_ || committer_.unsettled() ? 0 : 1000));
    const base::Now now = base::read_clocks();
    meter_.begin(now.mono);
    const bool staged = stage(now);
    committer_.commit(now);
    let_go();
    meter_.end(base::read_clocks().mono);
    if (stopping && !staged) return;
    stopping = stop_.size() > 0;
  }
}

// A bounded step behind a commit, so that what waits waits for no more than that.
void CommitThread::let_go() {
  drained_expiries_.clear();
  expiries_.drain(drained_expiries_, 1);
  for (const backbone::Expiry& expiry : drained_expiries_) committer_.expire(expiry);
  erasing_ = committer_.erase_some();
}

void CommitThread::on_reply(const ReplyAddress& to, wire::Reply reply) {
  reply_(to, std::move(reply));
}

void CommitThread::on_committed(const std::vector<backbone::RecordPtr>& records) {
  const auto batch = std::make_shared<const std::vector<backbone::RecordPtr>>(records);
  for (backbone::LogTail* tail : tails_) tail->offer(batch);
  for (const backbone::RecordPtr& record : records)
    if (record->has_limit_changed() && on_limit_) on_limit_(*record);
}

}  // namespace bridge::state
