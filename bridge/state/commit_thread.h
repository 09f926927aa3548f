// CommitThread: the committer's loop. Lanes put submissions into its inboxes; replies go back
// through a function, committed records to the tails.
//
// Each commit takes from every lane at most its quota, web first, so that a web publish waits for
// at most one commit whose IM part is bounded (law 4).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "bridge/backbone/log_tail.h"
#include "bridge/base/fd.h"
#include "bridge/base/loop_meter.h"
#include "bridge/base/mailbox.h"
#include "bridge/state/committer.h"

namespace bridge::state {

// Lanes in the order in which a commit serves them, and what one commit takes from each at most.
inline constexpr std::size_t kLanes = 3;
inline constexpr std::size_t kWebLane = 0;
inline constexpr std::size_t kAdminLane = 1;
inline constexpr std::size_t kImLane = 2;
inline constexpr std::array<std::size_t, kLanes> kCommitQuota = {512, 384, 128};

class CommitThread final : private CommitListener {
 public:
  // Waiting submissions per lane; at the bound the lane answers BUSY.
  static constexpr std::size_t kInboxMax = 4096;

  using Reply = std::function<void(const ReplyAddress&, wire::Reply)>;
  using Committed = std::function<void(const backbone::Record&)>;

  // Told of each change of a limit that is durable, on this thread, before it is answered.
  void on_limit(Committed told) { on_limit_ = std::move(told); }
  const limits::Ledger& limits() const { return committer_.limits(); }

  // All lanes in one queue, without quotas: for the bench that shows what they are for. Before
  // start().
  void without_lanes() { one_queue_ = true; }

  // `reply` is called on this thread. References must outlive it.
  CommitThread(backbone::Store& store, Rules rules, std::vector<backbone::LogTail*> tails,
               Reply reply);
  ~CommitThread() override { stop(); }

  base::Result<void> load(Committer::Basis basis) { return committer_.load(std::move(basis)); }
  void start();
  // Commits what was submitted, then ends.
  void stop();

  // Any thread. False at the bound.
  bool submit(Submission submission);
  // What is kept no longer. Any thread; whoever finds it not done after a while says it again.
  void expire(backbone::Expiry expiry) { expiries_.push(std::move(expiry)); }

  const CommitterCounters& counters() const { return committer_.counters(); }
  const base::LoopMeter& meter() const { return meter_; }
  std::size_t waiting(std::size_t lane) const { return inboxes_[lane]->size(); }

 private:
  void run();
  bool stage(base::Now now);
  void let_go();
  void on_reply(const ReplyAddress& to, wire::Reply reply) override;
  void on_committed(const std::vector<backbone::RecordPtr>& records) override;

  Committer committer_;
  std::vector<backbone::LogTail*> tails_;
  Reply reply_;
  Committed on_limit_;
  bool one_queue_ = false;
  bool erasing_ = false;
  std::array<std::unique_ptr<base::Mailbox<Submission>>, kLanes> inboxes_;
  base::Mailbox<backbone::Expiry> expiries_{1};  // at the bound: not now
  base::Mailbox<bool> stop_{1};
  std::vector<Submission> drained_;
  std::vector<backbone::Expiry> drained_expiries_;
  base::LoopMeter meter_;
  std::thread thread_;
};

}  // namespace bridge::state
