// FanoutThread: the fan-out's loop. Records come from its tail of the log, events from the im lane
// through a bounded inbox; batches and answers leave through functions.
#pragma once

#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/log_tail.h"
#include "bridge/base/latency.h"
#include "bridge/base/loop_meter.h"
#include "bridge/base/mailbox.h"
#include "bridge/base/shown.h"
#include "bridge/fanout/checkpoint_pace.h"
#include "bridge/fanout/event.h"
#include "bridge/fanout/fanout.h"
#include "throttle/pressure.h"

namespace bridge::fanout {

struct FanoutThreadOptions {
  FanoutOptions fanout;
  std::chrono::milliseconds checkpoint_every{1000};  // at the latest
  int nice = 5;
  // One at a time with whoever has the same one: for the bench that shows what lanes are for.
  std::mutex* taking_turns = nullptr;
};

// Words and authors by the listeners their posts had of late; for operators.
struct Reach {
  std::vector<throttle::TopTalkers::Talker> words;
  std::vector<throttle::TopTalkers::Talker> authors;
};

// Where what the fan-out makes goes. Called on its thread.
class FanoutOutput {
 public:
  virtual ~FanoutOutput() = default;
  virtual void batch(SessionId session, std::uint64_t sequence, std::string body) = 0;
  // Room for this many more batches; the fan-out rests while there is too little.
  virtual std::size_t room() const = 0;
  virtual void reply(const state::ReplyAddress& to, wire::Reply reply) = 0;
  // To the committer. False when its queue is full.
  virtual bool submit(state::Submission submission) = 0;
  // Likewise; when it cannot be done now, the fan-out will ask again.
  virtual void expire(backbone::Expiry expiry) = 0;
};

class FanoutThread final : private DeliverySink {
 public:
  // At it the im lane stops reading its socket until there is room again.
  static constexpr std::size_t kInboxMax = 16 * 1024;
  static constexpr std::size_t kRecordsPerTurn = 512;

  // References must outlive it.
  FanoutThread(const backbone::Store& store, backbone::CursorStore& cursors,
               FanoutThreadOptions options, FanoutOutput& output);
  ~FanoutThread() override { stop(); }

  base::Result<void> load(const state::Snapshot& snapshot);
  // For the committer to offer batches to; exists after load().
  backbone::LogTail& tail() { return *tail_; }
  void start();
  // Hands nothing more to the gateways and gives them a moment to acknowledge what they have, so
  // that it does not come twice; ends after a synced checkpoint. What is committed after that is
  // matched by the next one that starts, so stop it while the lanes and the committer still run.
  void stop();

  base::Mailbox<Event>& inbox() { return inbox_; }
  // Any thread; takes effect at the next decision. `web_p99`: the target of the pressure loop.
  void set_limits(const FanoutLimits& limits, std::chrono::milliseconds web_p99);
  // How long the website's requests take: what the pressure loop goes by. Before start().
  void watch(const base::LatencyGauges& web) { web_ = &web; }
  // Any thread; a second old at most.
  Reach reach() const { return reach_.look(); }
  const FanoutCounters& counters() const { return fanout_.counters(); }
  const SignInCounters& sign_in_counters() const { return fanout_.sign_in_counters(); }
  const base::LoopMeter& meter() const { return meter_; }

 private:
  void run();
  std::size_t turn(base::Now now);
  void drain();
  std::size_t apply_records();
  std::size_t handle_events();
  void handle(const Event& event);
  void answer();
  void feel_pressure(base::Time now);
  void show(base::Time now);
  void checkpoint(bool sync);
  std::chrono::milliseconds rest(base::Time now) const;
  void deliver(SessionId session, std::uint64_t sequence, const wire::Batch& batch) override;

  const backbone::Store& store_;
  const FanoutThreadOptions options_;
  FanoutOutput& output_;
  base::Mailbox<Event> inbox_{kInboxMax};
  struct NewLimits {
    FanoutLimits limits;
    std::chrono::milliseconds web_p99;
  };
  base::Mailbox<NewLimits> limits_{64};
  base::Mailbox<bool> stop_{1};
  std::unique_ptr<backbone::LogTail> tail_;
  Fanout fanout_;

  std::unordered_map<std::uint64_t, state::ReplyAddress> asked_;  // by ticket
  std::uint64_t next_ticket_ = 1;
  CheckpointPace checkpoints_{options_.checkpoint_every, {}};
  const base::LatencyGauges* web_ = nullptr;
  std::uint64_t web_window_ = 0;
  throttle::Pressure pressure_;
  base::Shown<Reach> reach_;
  base::Time next_show_{};
  base::LoopMeter meter_;
  std::thread thread_;
};

}  // namespace bridge::fanout
