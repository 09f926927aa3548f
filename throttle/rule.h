// Rule: a policy in force: how fast, what happens above it, for how many, and whether in earnest.
//
//   Rule rule{.policy = *Policy::parse("20/10s burst 40"), .excess = Excess::kDivert};
//
// A rule in shadow is checked and charged as if it were in force and never binds; what it would
// have done is reported, so that an operator can try a limit on real traffic. `percent` brings a
// rule in bit by bit: it binds that share of the keys, always the same ones.
//
// Exceptions for single keys are a small sorted table beside the policy that holds for everybody
// else, part of the same immutable snapshot (limits.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "throttle/policy.h"

namespace throttle {

// The hash of a key under a process's secret seed (key_hash.h), made once per request.
using KeyId = std::uint64_t;

// What happens to what is over a limit.
enum class Excess : std::uint8_t {
  kWait,    // it may come again: not before T
  kDivert,  // it goes to the backlog class: later, in its own time
  kRefuse,  // it is refused, with the level as the reason
};

struct Rule {
  Policy policy = Policy::unlimited();
  Excess excess = Excess::kWait;
  bool shadow = false;
  std::uint8_t percent = 100;

  // Does it bind this key? The upper bits: tables place their keys by the others.
  bool binds(KeyId key) const {
    return !shadow && (percent >= 100 || ((key >> 32) * 100 >> 32) < percent);
  }
  Rule& operator=(const Policy& other) {
    policy = other;
    return *this;
  }
  bool operator==(const Rule&) const = default;
};

// Policies of single keys; immutable, looked up in O(log n), at once when there are none.
class Overrides {
 public:
  using Entry = std::pair<KeyId, Policy>;

  Overrides() = default;
  // The last of several entries for one key counts.
  explicit Overrides(std::vector<Entry> entries);

  // nullptr: what holds for everybody.
  const Policy* find(KeyId key) const { return entries_.empty() ? nullptr : search(key); }
  std::size_t size() const { return entries_.size(); }

 private:
  const Policy* search(KeyId key) const;

  std::vector<Entry> entries_;  // by key
};

struct KeyedRule : Rule {
  std::shared_ptr<const Overrides> overrides = {};  // nullptr: none

  KeyedRule& operator=(const Policy& other) {
    policy = other;
    return *this;
  }
  bool operator==(const KeyedRule&) const = default;
  const Policy* override_of(KeyId key) const { return overrides ? overrides->find(key) : nullptr; }
};

}  // namespace throttle
