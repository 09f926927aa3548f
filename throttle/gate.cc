#include "throttle/gate.h"

namespace throttle {
namespace {

bool binds_more(const Decision& a, const Decision& b) {
  if (a.kind != b.kind) return a.kind > b.kind;  // declared from mild to strict
  return a.kind == Decision::Kind::kNotBefore && a.not_before > b.not_before;
}

}  // namespace

Decision Level::check(Time now) const {
  return keyed_ != nullptr ? keyed_->check(key_, policy_, now, cost_)
                           : single_->check(policy_, now, cost_);
}

void Level::charge(Time now) const {
  if (keyed_ != nullptr) {
    keyed_->charge(key_, policy_, now, cost_);
  } else {
    single_->charge(policy_, now, cost_);
  }
}

GateDecision check(std::span<const Level> levels, Time now) {
  GateDecision strictest;
  for (const Level& level : levels) {
    const Decision decision = level.check(now);
    if (binds_more(decision, strictest.decision)) strictest = {decision, level.name()};
  }
  return strictest;
}

GateDecision pass(std::span<const Level> levels, Time now) {
  const GateDecision strictest = check(levels, now);
  if (strictest.admitted()) {
    for (const Level& level : levels) level.charge(now);
  }
  return strictest;
}

}  // namespace throttle
