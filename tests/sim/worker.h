// Worker: a thread or process as the simulation sees it: something that takes a turn a moment after
// it was woken, at the latest at its next tick.
//
//   Worker lane(stage, 100ms, [this] { return turn(); });   lane.wake();
//
// How long the moment is, the dice decide; now and then the machine has no time for it.
#pragma once

#include <functional>

#include "tests/sim/stage.h"

namespace tests::sim {

class Worker {
 public:
  // `turn` returns how much it did; as long as that is something, another turn follows.
  Worker(Stage& stage, milliseconds tick, std::function<std::size_t()> turn)
      : stage_(stage), tick_(tick), turn_(std::move(turn)) {
    wake();
  }

  void wake() {
    if (soon_) return;
    soon_ = true;
    const bool starved = !stage_.calm && stage_.dice.chance(stage_.plan.starved);
    schedule(stage_.dice.between(microseconds(10), microseconds(starved ? 200'000 : 1500)));
  }

 private:
  void schedule(microseconds delay) {
    lifetime_.renew();
    stage_.agenda.after(delay, lifetime_.while_alive([this] { run(); }));
  }
  void run() {
    soon_ = false;
    const std::size_t work = turn_();
    if (soon_) return;
    if (work > 0)
      wake();
    else
      schedule(tick_);
  }

  Stage& stage_;
  const milliseconds tick_;
  const std::function<std::size_t()> turn_;
  bool soon_ = false;
  Lifetime lifetime_;
};

}  // namespace tests::sim
