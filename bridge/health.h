// Whether a bridge serves, judged from what its threads count: for /healthz and the watchdog.
//
//   health::trouble(loops, committer.counters(), now)      // a sentence; empty: it serves
//
// Pure: any thread, time is an argument.
#pragma once

#include <span>
#include <string>

#include "bridge/base/loop_meter.h"
#include "bridge/base/time.h"
#include "bridge/state/committer.h"

namespace bridge::health {

struct Loop {
  std::string name;
  const base::LoopMeter* meter = nullptr;
};

// The thread whose turn does not end, in a sentence: what only a restart may mend.
std::string stuck(std::span<const Loop> loops, base::Time now);

// That, or whatever else keeps it from serving.
std::string trouble(std::span<const Loop> loops, const state::CommitterCounters& committer,
                    base::Time now);

}  // namespace bridge::health
