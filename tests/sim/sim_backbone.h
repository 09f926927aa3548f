// SimBackbone: the Backbone of a simulated client: the real Session over a LaneLine, with the laws
// looking on: no more arrives than was granted, and what is acknowledged is remembered.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "bridge/client/session.h"
#include "tests/sim/lane_line.h"

namespace tests::sim {

class SimBackbone final : public bridge::client::Backbone, private bridge::client::Listener {
 public:
  // `listener` outlives it; `readable` is called when turn() has something to do.
  SimBackbone(Stage& stage, LanePort& port, const std::string& client,
              bridge::client::Listener& listener, std::function<void()> readable);

  bool connected() const override { return session_.connected(); }
  bridge::client::RequestId ask(const wire::Request& request, Time now) override;
  void grant(std::uint64_t deliveries, std::uint64_t bytes) override;
  void ack(std::uint64_t sequence) override { session_.ack(sequence); }
  void nack(const wire::Nack& nack) override { session_.nack(nack); }
  void receipt(const wire::Receipt& receipt) override { session_.receipt(receipt); }
  void presence(const wire::Presence& presence) override;
  std::size_t turn(Time now) override;

  // Says BYE, if there is a session.
  void close();
  // What it had to say has arrived at the lane.
  bool all_said() { return session_.front() == nullptr && line_.all_sent(); }
  LaneLine& line() { return line_; }

 private:
  std::size_t send(Time now);
  void on_connected(const wire::Welcome& welcome) override;
  void on_lost(std::string_view reason) override;
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t sequence, const wire::Batch& batch) override;
  void on_gap(const wire::Gap& gap) override { listener_.on_gap(gap); }

  Stage& stage_;
  bridge::client::Listener& listener_;
  LaneLine line_;
  bridge::client::Session session_;
  std::unordered_map<bridge::client::RequestId, Publication> publications_;  // unanswered

  // Of the session.
  wire::Cost granted_;
  wire::Cost charged_;
};

}  // namespace tests::sim
