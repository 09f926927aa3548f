// Bridge: the daemon, put together: store, committer, fan-out, three lanes and backups, each on its
// thread.
//
//   auto bridge = Bridge::open(context, config);   (*bridge)->start();   ...   (*bridge)->stop();
//
// The one place where the parts learn of each other.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "bridge/backbone/embedded_cursor_store.h"
#include "bridge/backbone/embedded_store.h"
#include "bridge/backup_thread.h"
#include "bridge/base/metrics.h"
#include "bridge/config.h"
#include "bridge/health.h"
#include "bridge/limits/book.h"
#include "bridge/timed_store.h"

namespace bridge {

class Bridge final : private fanout::FanoutOutput {
 public:
  // Opens (and so locks) the store before it binds anything. Nothing runs yet.
  // The context must outlive it.
  static base::Result<std::unique_ptr<Bridge>> open(wire::Context& context, const Config& config);
  ~Bridge() override { stop(); }

  void start();
  // Hands nothing more to the gateways, gives them a moment to confirm what they have, so that it
  // does not come twice, and saves the cursors; then commits what was submitted, says BYE.
  void stop();

  // Takes over the limits of a configuration read again; everything else needs a restart. What was
  // set while it ran stays set.
  void set_limits(const Config& config);

  // What operators see, from start() on. Any thread.
  void describe(base::Metrics& metrics) const;
  // Why it does not serve, in a sentence; empty when it does.
  std::string trouble() const;
  // The part of it that only a restart may mend: a thread whose turn does not end.
  std::string stuck() const;

  const std::string& endpoint(std::size_t lane) const { return lanes_[lane]->endpoint(); }

 private:
  explicit Bridge(wire::Context& context) : context_(context) {}
  base::Result<void> build(const Config& config);
  base::Result<void> open_lanes(const Config& config);
  wire::StatusReport status() const;
  wire::Reply look(const wire::Request& request) const;
  wire::TopReport top(std::size_t count) const;
  void hand_out(const limits::Limits& limits);
  std::vector<health::Loop> loops() const;
  void describe_queues(base::Metrics& metrics) const;

  void batch(fanout::SessionId session, std::uint64_t sequence, std::string body) override;
  std::size_t room() const override;
  void reply(const state::ReplyAddress& to, wire::Reply reply) override;
  bool submit(state::Submission submission) override;
  void expire(backbone::Expiry expiry) override;

  wire::Context& context_;
  bool no_isolation_ = false;
  std::mutex taking_turns_;  // only with no_isolation_
  const throttle::HashSeed seed_ = throttle::random_seed();
  std::unique_ptr<limits::Book> book_;
  std::unique_ptr<backbone::EmbeddedStore> store_;
  std::unique_ptr<backbone::EmbeddedCursorStore> cursors_;
  std::unique_ptr<fanout::FanoutThread> fanout_;
  std::array<std::unique_ptr<lane::LaneThread>, state::kLanes> lanes_;
  std::unique_ptr<TimedStore> timed_store_;  // around store_, for the committer
  std::unique_ptr<state::CommitThread> committer_;
  std::unique_ptr<BackupThread> backups_;
  base::Time started_{};
};

}  // namespace bridge
