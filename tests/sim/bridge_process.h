// BridgeProcess: the bridge's core as a process: committer, fan-out and lanes, each a worker of its
// own, with bounded boxes between them, as the daemon has threads and mailboxes.
//
// Destroying it is its death: what was in the boxes is gone.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/backbone/log_tail.h"
#include "bridge/fanout/fanout.h"
#include "bridge/lane/lane.h"
#include "bridge/state/commit_thread.h"
#include "tests/sim/disk.h"
#include "tests/sim/worker.h"

namespace tests::sim {

namespace wire = bridge::wire;

// Limits that an operator may change while it runs.
struct Limits {
  throttle::Policy deliveries_per_person = throttle::Policy::unlimited();
  bridge::lane::LaneLimits lanes = {};
};

bridge::fanout::FanoutOptions fanout_options(const Plan& plan, const Limits& limits);

// The way out of a lane.
class LaneWires {
 public:
  virtual ~LaneWires() = default;
  virtual wire::SendOutcome send(std::string_view peer, const wire::Header& header,
                                 std::string_view body) = 0;
};

class BridgeProcess final : private bridge::state::CommitListener,
                            private bridge::fanout::DeliverySink {
 public:
  BridgeProcess(Stage& stage, Disk& disk, std::array<LaneWires*, bridge::state::kLanes> wires,
                const Limits& limits);

  void arrive(std::size_t lane, const std::string& peer, wire::Message message);
  // Saves the cursors, commits what was submitted, says BYE.
  void stop();
  void set_limits(const Limits& limits);
  // The committer does not go on without reading what a disk made of its last write.
  bool gave_up() const { return gave_up_; }

  const bridge::fanout::Fanout& fanout() const { return fanout_; }

 private:
  static constexpr std::size_t kEventsMax = 256;
  static constexpr std::size_t kBatchesMax = bridge::fanout::Fanout::kDeliveriesPerTurn + 64;

  // One lane with its worker; see bridge/lane/lane_thread.h.
  class Seat final : public bridge::lane::LaneOutput {
   public:
    Seat(BridgeProcess& process, std::size_t index, LaneWires& wires);

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

    std::size_t turn();
    void shut_down();
    bool submit(bridge::state::Submission submission) override;

    BridgeProcess& process;
    const std::size_t index;
    LaneWires& wires;
    bridge::backbone::LogTail tail;
    bridge::lane::Lane lane;
    std::deque<wire::Received> inbound;
    std::deque<ReplyMail> replies;
    std::deque<BatchMail> batches;
    std::deque<bridge::fanout::Event> untold;
    Worker worker;

   private:
    bool pass_on_events();
    wire::SendOutcome send(std::string_view peer, const wire::Header& header,
                           std::string_view body) override {
      return wires.send(peer, header, body);
    }
    void tell(bridge::fanout::Event event) override;
    bool inquire(bridge::fanout::Asked question) override;
    wire::StatusReport status() override { return {}; }
  };

  // The committer's worker; see bridge/state/commit_thread.h.
  std::size_t stage_requests();
  void commit();
  void write();
  std::size_t let_go();
  void on_reply(const bridge::state::ReplyAddress& to, wire::Reply reply) override;
  void on_committed(const std::vector<RecordPtr>& records) override;

  // The fan-out's worker; see bridge/fanout/fanout_thread.h.
  std::size_t fan_out();
  std::size_t apply_records();
  std::size_t handle_events();
  void handle(const bridge::fanout::Event& event);
  void checkpoint(bool sync);
  void judge_text(const wire::Item& item);
  void deliver(bridge::fanout::SessionId session, std::uint64_t sequence,
               const wire::Batch& batch) override;

  Stage& stage_;
  Disk& disk_;
  Lifetime lifetime_;

  bridge::state::Committer committer_;
  std::array<std::deque<bridge::state::Submission>, bridge::state::kLanes> submitted_;
  bool committing_ = false;
  std::optional<bridge::backbone::Expiry> expiry_;
  bool gave_up_ = false;

  bridge::fanout::Fanout fanout_;
  std::unique_ptr<bridge::backbone::LogTail> fanout_tail_;
  std::deque<bridge::fanout::Event> events_;
  std::map<std::uint64_t, bridge::state::ReplyAddress> asked_;  // by ticket
  std::uint64_t next_ticket_ = 1;
  Time next_checkpoint_;

  std::unique_ptr<Worker> commit_worker_;
  std::unique_ptr<Worker> fanout_worker_;
  std::array<std::unique_ptr<Seat>, bridge::state::kLanes> seats_;
};

}  // namespace tests::sim
