// Crowd: many listeners who say next to nothing, so that the lists that posts go through are long.
// They are accounts without an address, made by a client of the admin lane; now and then one of
// them begins or stops to listen, and in a fault many stop at once, under whatever is going through
// their list.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/sim_backbone.h"
#include "tests/sim/worker.h"

namespace tests::sim {

class Crowd final : private bridge::client::Listener {
 public:
  Crowd(Stage& stage, LanePort& admin, std::size_t people);

  LaneLine& line() { return backbone_.line(); }
  // Nobody does anything new; what was asked is still tried.
  void settle() { settling_ = true; }
  // More than half of them stop listening, or most of those who did begin again.
  void ebb_and_flow();
  // An operator sets how many listeners of a word are awake; nothing: as many as like.
  void cap(const std::string& word, std::optional<std::uint32_t> listeners);
  bool settled() const { return waiting_.empty() && asked_.empty(); }

 private:
  struct Wish {
    wire::Request request;
    Time not_before{};
  };

  void live();
  void turn_to(std::size_t member, bool listening);
  std::size_t turn();
  void on_connected(const wire::Welcome&) override {}
  void on_lost(std::string_view) override {}
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t, const wire::Batch&) override {}
  void on_gap(const wire::Gap&) override {}

  Stage& stage_;
  Lifetime lifetime_;
  Worker worker_;
  SimBackbone backbone_;

  bool settling_ = false;
  std::vector<bool> listening_;  // by member
  std::deque<Wish> waiting_;
  std::map<bridge::client::RequestId, Wish> asked_;
};

}  // namespace tests::sim
