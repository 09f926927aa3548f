// listeners: who is on the list that a job is in, by subscription number.
#pragma once

#include <cstddef>
#include <utility>

#include "bridge/fanout/jobs.h"
#include "bridge/state/state.h"
#include "bridge/track/index.h"

namespace bridge::fanout {

// Calls `visit(number, person)` for at most `max` of those in the stretch ahead; false: that was
// all of it.
template <class Visit>
bool visit_listeners(const Job& job, track::Subscribers::Range range, const state::State& state,
                     const track::Index& index, std::size_t max, Visit&& visit) {
  if (job.list() == kFollowers)
    return state.find(job.author())->followers().visit(range, max, visit);
  const auto list = index.find(job.list());
  return list && list->visit(range, max, visit);
}

}  // namespace bridge::fanout
