// BridgeNode: the machine a bridge runs on: its disk, its process if there is one, and the lines of
// its clients.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "tests/sim/bridge_process.h"
#include "tests/sim/disk.h"
#include "tests/sim/lane_line.h"

namespace tests::sim {

class BridgeNode {
 public:
  explicit BridgeNode(Stage& stage);

  LanePort& port(std::size_t lane) { return ports_[lane]; }
  Disk& disk() { return disk_; }
  const Disk& disk() const { return disk_; }
  BridgeProcess* process() { return process_.get(); }

  void start();
  // As by kill -9, or a power cut: no word to anybody.
  void kill();
  // In good order.
  void stop();
  // Faults end, limits go.
  void calm();
  void set_limits(const Limits& limits);

 private:
  class Port final : public LanePort, public LaneWires {
   public:
    explicit Port(BridgeNode& node, std::size_t lane) : node_(node), lane_(lane) {}
    bool connect(const std::string& peer, LaneLine& line) override;
    void disconnect(const std::string& peer) override { lines_.erase(peer); }
    void arrive(const std::string& peer, wire::Message message) override;
    void arrive_late(const std::string& peer, wire::Message message, microseconds after) override;
    wire::SendOutcome send(std::string_view peer, const wire::Header& header,
                           std::string_view body) override;
    void all_gone(bool last_words);

   private:
    BridgeNode& node_;
    const std::size_t lane_;
    std::map<std::string, LaneLine*, std::less<>> lines_;
    Lifetime process_;
  };

  void ended(bool last_words);

  Stage& stage_;
  Disk disk_;
  std::array<Port, bridge::state::kLanes> ports_;
  Limits limits_;
  std::unique_ptr<BridgeProcess> process_;
};

}  // namespace tests::sim
