#include "tests/sim/bridge_node.h"

#include <utility>

namespace tests::sim {

BridgeNode::BridgeNode(Stage& stage)
    : stage_(stage), disk_(stage), ports_{Port(*this, 0), Port(*this, 1), Port(*this, 2)} {}

void BridgeNode::start() {
  process_ = std::make_unique<BridgeProcess>(
      stage_, disk_,
      std::array<LaneWires*, bridge::state::kLanes>{&ports_[0], &ports_[1], &ports_[2]}, limits_);
  stage_.trace.say("the bridge starts, the log ends at #{}", disk_.log().head());
}

void BridgeNode::kill() {
  stage_.trace.say("the bridge is killed");
  process_.reset();
  disk_.crash();
  ended(false);
}

void BridgeNode::stop() {
  stage_.trace.say("the bridge stops");
  process_->stop();
  process_.reset();
  disk_.done().ended();
  stage_.laws.bridge_died(disk_.done().all_known());
  ended(true);
}

void BridgeNode::ended(bool last_words) {
  stage_.laws.breaks();
  for (Port& port : ports_) port.all_gone(last_words);
}

void BridgeNode::set_limits(const Limits& limits) {
  limits_ = limits;
  if (process_) process_->set_limits(limits);
}

void BridgeNode::calm() {
  disk_.mend();
  set_limits({});
  if (!process_) start();
}

bool BridgeNode::Port::connect(const std::string& peer, LaneLine& line) {
  if (!node_.process_) return false;
  lines_[peer] = &line;
  return true;
}

void BridgeNode::Port::arrive(const std::string& peer, wire::Message message) {
  node_.process_->arrive(lane_, peer, std::move(message));
}

void BridgeNode::Port::arrive_late(const std::string& peer, wire::Message message,
                                   microseconds after) {
  node_.stage_.agenda.after(after, process_.while_alive([this, peer, message = std::move(message)] {
    arrive(peer, message);
  }));
}

wire::SendOutcome BridgeNode::Port::send(std::string_view peer, const wire::Header& header,
                                         std::string_view body) {
  const auto line = lines_.find(peer);
  if (line == lines_.end()) return wire::SendOutcome::kGone;
  return line->second->send_to_client({header, std::string(body)});
}

void BridgeNode::Port::all_gone(bool last_words) {
  process_.renew();
  for (const auto& [peer, line] : std::exchange(lines_, {})) line->bridge_gone(last_words);
}

}  // namespace tests::sim
