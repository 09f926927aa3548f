// Limits: all limits in force at a moment, as one immutable value; and Ledger: what operators have
// set, which is the log applied.
//
// A limit is what was set while the bridge ran, else what the configuration says, else the default.
// What is set is a record of the log (docs/decisions/limits.md): durable, in one order, with who
// did it, and so its own audit trail.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "bridge/backbone/store.h"
#include "bridge/base/time.h"
#include "bridge/limits/table.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "throttle/key_hash.h"
#include "throttle/rule.h"

namespace bridge::limits {

class Limits {
 public:
  const throttle::KeyedRule& rule(Limit limit) const { return at(limit).rule; }
  std::uint64_t number(Limit limit) const { return at(limit).number; }
  std::chrono::milliseconds duration(Limit limit) const {
    return std::chrono::milliseconds(at(limit).number);
  }

  struct InForce {
    throttle::KeyedRule rule;
    std::uint64_t number = 0;
  };
  InForce& at(Limit limit) { return all_[static_cast<std::size_t>(limit)]; }
  const InForce& at(Limit limit) const { return all_[static_cast<std::size_t>(limit)]; }

 private:
  std::array<InForce, kLimits> all_;
};

// What a configuration file says; absent: nothing.
using FileValues = std::array<std::optional<Value>, kLimits>;

// What was set for a limit, or for one key of it.
struct Setting {
  bool unset = false;  // it was, and is no more
  Value value;
  bool shadow = false;
  std::uint8_t percent = 100;
  std::string who;
  base::WallMs time_ms = 0;
};

class Ledger {
 public:
  // Settings, those that were unset included. One more is refused; one that is unset makes room.
  static constexpr std::size_t kSettingsMax = 4096;
  static constexpr std::size_t kWhoBytesMax = 128;

  using Key = std::pair<Limit, std::string>;

  // Records in order of id; what is no LimitChanged is ignored, and so is one of a limit that this
  // version does not know.
  void apply(const backbone::Record& record);

  // The body of the record that makes it so, or why not; all of it or nothing.
  base::Result<lapwing::record::LimitChanged> decide(const wire::ChangeLimit& request) const;

  const std::map<Key, Setting>& settings() const { return settings_; }
  // nullptr when it is not set.
  const Setting* find(Limit limit, const std::string& key) const;
  backbone::RecordId newest() const { return newest_; }

 private:
  std::map<Key, Setting> settings_;
  backbone::RecordId newest_ = 0;
};

// The exceptions' keys are hashed under this seed, as the tables' are.
Limits in_force(const FileValues& file, const Ledger& ledger, const throttle::HashSeed& seed);

}  // namespace bridge::limits
