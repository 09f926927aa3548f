// Stage: what every part of a simulated run shares: the clock, the chance, the trace and the laws.
#pragma once

#include <cstdint>

#include "tests/sim/agenda.h"
#include "tests/sim/dice.h"
#include "tests/sim/laws.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"

namespace tests::sim {

struct Stage {
  Stage(const Plan& the_plan, Trace::Mode mode)
      : plan(the_plan),
        dice(the_plan.seed ^ 0x5eed),
        trace(agenda, mode),
        laws(agenda, plan.crash_server || plan.reject > 0 || plan.gone > 0) {}

  const Plan plan;
  Agenda agenda;
  Dice dice;
  Trace trace;
  Laws laws;
  bool calm = false;  // the faults are over: everything has to settle
};

}  // namespace tests::sim
