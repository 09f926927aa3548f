// LaneThread: one lane's loop: its ROUTER socket, its inbox of replies and batches, its tail of the
// log. Nothing in it waits for another lane (law 4).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "bridge/backbone/log_tail.h"
#include "bridge/base/loop_meter.h"
#include "bridge/base/mailbox.h"
#include "bridge/base/shown.h"
#include "bridge/lane/lane.h"
#include "bridge/wire/socket.h"

namespace bridge::lane {

struct LaneThreadOptions {
  LaneOptions lane;
  wire::RouterOptions router;
  int nice = 0;
  // One at a time with whoever has the same one: for the bench that shows what lanes are for.
  std::mutex* taking_turns = nullptr;
};

// What the other threads are to this one. The functions are called on this thread.
struct LaneNeighbours {
  std::function<bool(state::Submission)> submit;
  base::Mailbox<fanout::Event>* fanout = nullptr;
  std::function<wire::StatusReport()> status;
  std::function<wire::Reply(const wire::Request&)> look;
};

class LaneThread final : private LaneOutput {
 public:
  // Answers never outnumber the requests waiting for them.
  static constexpr std::size_t kBatchesMax = 4096;
  static constexpr std::size_t kMessagesPerTurn = 256;

  // Binds the socket. References must outlive it.
  static base::Result<std::unique_ptr<LaneThread>> open(wire::Context& context,
                                                        LaneThreadOptions options,
                                                        const backbone::Store& store,
                                                        LaneNeighbours neighbours);
  ~LaneThread() override { stop(); }

  void start();
  // Says BYE to its clients and ends.
  void stop();

  backbone::LogTail& tail() { return tail_; }
  const std::string& endpoint() const { return router_.endpoint(); }
  const LaneCounters& counters() const { return lane_.counters(); }
  const base::LoopMeter& meter() const { return meter_; }
  const base::LatencyGauges& latency() const { return lane_.latency(); }
  // Any thread; a second old at most.
  Throttled throttled() const { return throttled_.look(); }
  Kind kind() const { return options_.lane.kind; }

  // Any thread.
  void reply(const state::ReplyAddress& to, wire::Reply reply);
  // The fan-out's thread, after room() said there is some.
  void batch(std::uint64_t session, std::uint64_t sequence, std::string body);
  std::size_t room() const { return kBatchesMax - batches_.size(); }
  std::size_t replies_waiting() const { return replies_.size(); }
  void set_limits(const LaneLimits& limits) {
    // Drained every turn, and at least ten times a second.
    while (!limits_.push(limits)) std::this_thread::yield();
  }

 private:
  struct ReplyMail {
    std::uint64_t session = 0;
    std::uint64_t sequence = 0;
    wire::Reply reply;
  };
  struct BatchMail {
    std::uint64_t session = 0;
    std::uint64_t sequence = 0;
    std::string body;
  };

  LaneThread(wire::Router router, LaneThreadOptions options, const backbone::Store& store,
             LaneNeighbours neighbours);
  void run();
  std::size_t turn(base::Now now);
  std::size_t read_mail();
  std::size_t receive(base::Now now);

  wire::SendOutcome send(std::string_view peer, const wire::Header& header,
                         std::string_view body) override;
  bool submit(state::Submission submission) override;
  bool inquire(fanout::Asked question) override;
  void tell(fanout::Event event) override;
  wire::StatusReport status() override { return neighbours_.status(); }
  wire::Reply look(const wire::Request& request) override { return neighbours_.look(request); }
  bool pass_on_events();
  void show(base::Time now);

  wire::Router router_;
  const LaneThreadOptions options_;
  LaneNeighbours neighbours_;
  backbone::LogTail tail_;
  Lane lane_;
  base::Mailbox<ReplyMail> replies_;
  base::Mailbox<BatchMail> batches_{kBatchesMax};
  base::Mailbox<LaneLimits> limits_{16};
  base::Mailbox<bool> stop_{1};
  // Events the fan-out had no room for. While there are any, nothing is received, so it grows by
  // what one turn makes at most.
  std::deque<fanout::Event> untold_;
  // What read_mail() works through, kept for its capacity.
  std::vector<ReplyMail> drained_replies_;
  std::vector<BatchMail> drained_batches_;
  base::Shown<Throttled> throttled_;
  base::Time next_show_{};
  base::LoopMeter meter_;
  std::thread thread_;
};

}  // namespace bridge::lane
