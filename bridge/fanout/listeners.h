// listeners: who is on the list that a job is in, by subscription number.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "bridge/fanout/jobs.h"
#include "bridge/state/state.h"
#include "bridge/track/index.h"

namespace bridge::fanout {

template <class Visit>
bool visit_everybody(const state::State& state, track::Subscribers::Range range, std::size_t max,
                     Visit&& visit) {
  const auto& accounts = state.accounts();  // their ids ascend
  auto it = std::ranges::upper_bound(accounts, range.after, {}, &state::Account::id);
  for (; max > 0 && it != accounts.end() && it->id < range.before; ++it, --max)
    visit(it->id, it->number);
  return it != accounts.end() && it->id < range.before;
}

// Calls `visit(number, person)` for at most `max` of those in the stretch ahead; false: that was
// all of it.
template <class Visit>
bool visit_listeners(const Job& job, track::Subscribers::Range range, const state::State& state,
                     const track::Index& index, std::size_t max, Visit&& visit) {
  if (job.list() == kFollowers)
    return state.find(job.author())->followers().visit(range, max, visit);
  if (job.list() == kEverybody) return visit_everybody(state, range, max, visit);
  const auto list = index.find(job.list());
  return list && list->visit(range, max, visit);
}

}  // namespace bridge::fanout
