// Person: somebody whose deliveries are on the move: what they are owed, how they are reached, and
// where they stand in the fan-out's queues. Whoever is away and has nothing special to remember is
// not a Person but a line in the roll. Plain data.
#pragma once

#include <array>

#include "bridge/fanout/pending.h"
#include "bridge/fanout/session.h"
#include "bridge/state/state.h"
#include "bridge/track/subscribers.h"
#include "throttle/limiter.h"

namespace bridge::fanout {

// Everybody by a small number, dense, in the order in which accounts were made.
using PersonNumber = track::Listener;

// How somebody is reached.
struct Way {
  SessionId session = 0;  // 0: not at all
  bool receipts = false;  // their clients are asked to confirm
};

struct Person {
  PersonNumber number = 0;
  const state::Account* account = nullptr;
  Way way;
  std::array<Pending, backbone::kCursorClasses> pending;
  throttle::Limiter limiter;
  std::array<bool, kKinds> scheduled{};  // has its one entry in that class
  bool catching_up = false;              // has its one entry in catch_up_
  bool held = false;                     // has its one entry in held_: over its delivery limit
  bool parked = false;                   // has its one entry in its session's parked list

  bool reachable() const { return way.session != 0; }
  bool clean() const { return pending[0].clean() && pending[1].clean(); }
  // Stands in none of the fan-out's queues.
  bool idle() const {
    return !catching_up && !held && !parked && scheduled == std::array<bool, kKinds>{};
  }
  Pending& stream() { return pending[backbone::kStreamCursor]; }
  Pending& directs() { return pending[backbone::kDirectCursor]; }
};

}  // namespace bridge::fanout
