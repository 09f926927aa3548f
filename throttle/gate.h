// pass(): one decision over several levels: check them all, then charge them all.
//
//   const Level levels[] = {{"person", people, jid_id, limits.person},
//                           {"domain", domains, domain_id, limits.domain},
//                           {"command", command, limits.command},
//                           {"client", clients, client_id, limits.client},
//                           {"lane", lane, limits.lane}};
//   const Verdict verdict = pass(levels, now);
//
// A refusal charges nobody, so a person over their own limit uses up nothing of their domain's. The
// not_before of a refusal is the latest of all levels that bind: exactly then all of them admit, if
// nothing else is charged. A level in shadow that would not admit binds nothing, is charged nothing
// and is named in `shadowed`. Each limiter stands in `levels` once; the levels' strings, rules and
// limiters only need to live during the call.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"
#include "throttle/rule.h"

namespace throttle {

inline constexpr std::size_t kLevelsMax = 8;

class Level {
 public:
  Level(std::string_view name, KeyedLimiter& keyed, KeyId key, const KeyedRule& rule,
        std::uint64_t cost = 1)
      : name_(name),
        keyed_(&keyed),
        key_(key),
        rule_(&rule),
        special_(rule.override_of(key)),
        cost_(cost) {}
  Level(std::string_view name, Limiter& single, const Rule& rule, std::uint64_t cost = 1)
      : name_(name), single_(&single), rule_(&rule), cost_(cost) {}

  std::string_view name() const { return name_; }
  const Rule& rule() const { return *rule_; }
  KeyId key() const { return key_; }
  bool keyed() const { return keyed_ != nullptr; }

  // What a decision remembers of a level between its two halves.
  union Half {
    Half() {}  // left as it is until begin()
    KeyedLimiter::Place place;
    Time after;
  };
  // Between begin() and settle() nothing else may be asked of the limiter.
  Decision begin(Half& half, Time now) const {
    if (keyed_ == nullptr) return single_->check(rule_->policy, now, cost_, half.after);
    keyed_->find(key_, rule_->policy, special_, now, half.place);
    return keyed_->begin(half.place, now, cost_);
  }
  void settle(Half& half, Time now) const {
    if (keyed_ == nullptr) return single_->settle(half.after);
    keyed_->settle(half.place, now, cost_);
  }

 private:
  std::string_view name_;
  KeyedLimiter* keyed_ = nullptr;
  Limiter* single_ = nullptr;
  KeyId key_ = 0;
  const Rule* rule_;
  const Policy* special_ = nullptr;
  std::uint64_t cost_;
};

struct Verdict {
  enum class Kind : std::uint8_t {
    kAdmit,
    kNotBefore,
    kDivert,  // to the backlog class
    kRefuse,
  };  // mild to strict
  Kind kind = Kind::kAdmit;
  std::uint8_t shadowed =
      0;                   // a bit for each level that would not have admitted, and does not bind
  std::uint8_t level = 0;  // the one that binds
  std::string_view bound;  // its name; empty when admitted
  Time not_before{};       // kNotBefore and kDivert: from then on it would be admitted

  bool admitted() const { return kind == Kind::kAdmit; }
};

// What every level says together: a refusal binds before the backlog, that before any time, then
// the latest time, then the earlier level. At most kLevelsMax levels.
Verdict check(std::span<const Level> levels, Time now);

// check, then charge every level that admits if all that bind do.
Verdict pass(std::span<const Level> levels, Time now);

}  // namespace throttle
