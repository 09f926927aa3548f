// Confirmations: what waits for somebody's yes: a newcomer's first plain text, or a command that is
// asked about before it is done.
//
// Short-lived and bounded: one command per person (a new one replaces the old), kept for a few
// minutes, the oldest dropped at the bound. A dropped one was never done; whoever says yes too late
// is told.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "bridge/base/time.h"
#include "gateway/command/command.h"
#include "throttle/key_hash.h"

namespace gateway::xmpp {

struct WaitingCommand {
  command::Command command;
  std::string client_id;
};

class Confirmations {
 public:
  Confirmations(std::size_t people_max, std::chrono::milliseconds within)
      : people_max_(people_max), within_(within) {}

  void keep(const std::string& bare, WaitingCommand command, bridge::base::Time now);
  // nullopt: nothing is waiting, or no longer. Still kept: drop() when it is done.
  std::optional<WaitingCommand> find(const std::string& bare, bridge::base::Time now) const;
  void drop(const std::string& bare) { waiting_.erase(bare); }
  // Drops what waited too long. Call now and then.
  void expire(bridge::base::Time now);

  std::size_t size() const { return waiting_.size(); }

 private:
  struct Entry {
    WaitingCommand command;
    bridge::base::Time until;
  };
  struct Expiry {
    bridge::base::Time until;
    std::string bare;
  };

  void drop_oldest();

  std::size_t people_max_;
  std::chrono::milliseconds within_;
  std::unordered_map<std::string, Entry, throttle::KeyHash, std::equal_to<>> waiting_{
      0, throttle::KeyHash{throttle::random_seed()}};  // strangers choose the keys
  std::deque<Expiry> expiries_;  // ascending; may name what was dropped or replaced since
};

}  // namespace gateway::xmpp
