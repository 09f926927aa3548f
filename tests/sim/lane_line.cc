#include "tests/sim/lane_line.h"

#include <utility>

namespace tests::sim {

LaneLine::LaneLine(Stage& stage, LanePort& port, std::string name, std::function<void()> readable)
    : stage_(stage),
      port_(port),
      name_(std::move(name)),
      readable_(std::move(readable)),
      up_(stage, stage.plan.pipe_capacity,
          [this](wire::Message message) { port_.arrive(peer_, std::move(message)); }),
      down_(stage, stage.plan.pipe_capacity, [this](wire::Message message) {
        received_.push_back(std::move(message));
        readable_();
      }) {
  connect();
}

LaneLine::~LaneLine() {
  if (connected()) port_.disconnect(peer_);
}

void LaneLine::connect() {
  const std::string peer = name_ + "/" + std::to_string(++connections_);
  if (port_.connect(peer, *this)) {
    peer_ = peer;
    readable_();
    return;
  }
  stage_.agenda.after(stage_.dice.between(milliseconds(20), milliseconds(200)),
                      lifetime_.while_alive([this] { connect(); }));
}

bool LaneLine::send(const wire::Message& message) {
  if (!connected()) return false;
  if (stage_.plan.mutant != Mutant::kCreditOffByOne || message.header.credit_deliveries == 0)
    return up_.send(message);
  wire::Message generous = message;
  generous.header.credit_deliveries += 1;
  return up_.send(std::move(generous));
}

std::optional<wire::Message> LaneLine::receive() {
  if (received_.empty()) return std::nullopt;
  wire::Message message = std::move(received_.front());
  received_.pop_front();
  return message;
}

wire::SendOutcome LaneLine::send_to_client(const wire::Message& message) {
  if (!connected()) return wire::SendOutcome::kGone;
  return down_.send(message) ? wire::SendOutcome::kSent : wire::SendOutcome::kFull;
}

// Some of what was said last has been read at the other end, and is looked at when it is its turn.
void LaneLine::straggle() {
  std::deque<wire::Message> said = up_.take();
  said.resize(std::min(said.size(), stage_.dice.below(said.size() + 1)));
  microseconds when{0};
  for (wire::Message& message : said) {
    when += stage_.dice.between(microseconds(50), microseconds(200'000));
    port_.arrive_late(peer_, std::move(message), when);
  }
}

void LaneLine::lost(bool last_words) {
  up_.cut();
  if (!last_words) down_.cut();
  peer_.clear();
  stage_.laws.breaks();
  stage_.agenda.after(stage_.dice.between(milliseconds(10), milliseconds(300)),
                      lifetime_.while_alive([this] { connect(); }));
}

void LaneLine::bridge_gone(bool last_words) {
  lost(last_words);
}

void LaneLine::cut() {
  if (!connected()) return;
  stage_.trace.say("the line of {} breaks", name_);
  port_.disconnect(peer_);
  straggle();
  lost(false);
}

void LaneLine::stall(Time until) {
  if (!connected()) return;
  stage_.trace.say("the line of {} is stuck for a while", name_);
  stage_.laws.breaks();
  up_.stall(until);
  down_.stall(until);
}

void LaneLine::flow() {
  up_.flow();
  down_.flow();
}

}  // namespace tests::sim
