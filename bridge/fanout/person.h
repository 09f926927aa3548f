// Person: somebody whose deliveries are on the move: what they are owed, how they are reached, and
// where they stand in the fan-out's queues. Whoever is away and has nothing special to remember is
// not a Person but a line in the roll. Plain data.
#pragma once

#include <array>
#include <vector>

#include "bridge/fanout/pending.h"
#include "bridge/fanout/receipts.h"
#include "bridge/fanout/session.h"
#include "bridge/state/state.h"
#include "bridge/track/subscribers.h"
#include "throttle/limiter.h"

namespace bridge::fanout {

using state::PersonNumber;

// How somebody is reached.
struct Way {
  SessionId session = 0;     // 0: not at all
  bool receipts = false;     // their clients are asked to confirm
  Receipts::Appeared since;  // they are there
};

struct Person {
  PersonNumber number = 0;
  const state::Account* account = nullptr;
  Way way;
  std::array<Pending, backbone::kCursorClasses> pending;
  throttle::Limiter limiter;
  // Back after an absence: of what was posted up to `returned`, so many more are sent one by one.
  RecordId returned = 0;
  std::size_t catch_up_left = 0;
  RecordId expired = 0;  // the last they are told of that is kept no longer
  struct CapUse {
    track::SubscriptionNumber track = 0;
    std::int64_t hour = 0;
    std::uint32_t used = 0;
  };
  std::vector<CapUse> caps;  // of their capped tracks, in the hour that each last had something
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
