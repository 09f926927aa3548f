// Listeners of a word: who of those who track it is awake. As many as its cap, in the order in
// which they began; the rest sleep and are woken, the oldest first, when somebody before them
// leaves or the cap rises. docs/decisions/listener-cap.md says why this is decided here, as
// records.
//
//   while (!(records = settle(state, rules, "nyc", 256, …)).empty()) apply(records);
//
// Pure functions of State. A word is settled when as many are awake as may be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bridge/state/decide.h"
#include "bridge/state/state.h"

namespace bridge::state {

// Of one track, so many sleeps that are over are remembered; then the oldest is forgotten, and what
// it kept back no longer counts as slept through.
inline constexpr std::size_t kSleepsMax = 8;

std::size_t cap_of(const Word* word, const Rules& rules);  // nullptr: nobody tracks it yet
bool settled(const Word& word, const Rules& rules);
// Whoever tracks it next will have to wait.
bool full(const Word* word, const Rules& rules);
// Of a track that sleeps: how many will be awake before it, itself included.
std::size_t place_of(const Word& word, const TrackEdge& track);

// The records that bring a word nearer to that: at most `max` are woken or put to sleep. None: it
// is settled.
std::vector<Record> settle(const State& state, const Rules& rules, std::string_view phrase,
                           std::size_t max, RecordId next_id, base::WallMs now_ms);

}  // namespace bridge::state
