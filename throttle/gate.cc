#include "throttle/gate.h"

#include <algorithm>
#include <array>

#include "throttle/require.h"

namespace throttle {
namespace {

using Halves = std::array<Level::Half, kLevelsMax>;

// What a level's "no" means under its rule. What can never pass cannot wait either.
Verdict::Kind kind_of(const Decision& decision, const Rule& rule) {
  if (rule.excess == Excess::kDivert) return Verdict::Kind::kDivert;
  if (rule.excess == Excess::kRefuse || decision.kind == Decision::Kind::kNever)
    return Verdict::Kind::kRefuse;
  return Verdict::Kind::kNotBefore;
}

// Of a single bucket the share of keys is that of the first keyed level.
KeyId sample(std::span<const Level> levels) {
  for (const Level& level : levels)
    if (level.keyed()) return level.key();
  return 0;
}

inline Verdict check_all(std::span<const Level> levels, Halves& halves, Time now) {
  require(levels.size() <= kLevelsMax, "a gate has at most kLevelsMax levels");
  Verdict strictest;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Level& level = levels[i];
    const Decision decision = level.begin(halves[i], now);
    if (decision.admitted()) [[likely]]
      continue;
    if (!level.rule().binds(level.keyed() ? level.key() : sample(levels))) {
      strictest.shadowed |= static_cast<std::uint8_t>(1u << i);
      continue;
    }
    const Verdict::Kind kind = kind_of(decision, level.rule());
    const Time latest = std::max(strictest.not_before, decision.not_before);
    const bool stricter = kind > strictest.kind ||
                          (kind == strictest.kind && decision.not_before > strictest.not_before);
    if (stricter) {
      strictest.kind = kind;
      strictest.level = static_cast<std::uint8_t>(i);
      strictest.bound = level.name();
    }
    strictest.not_before = latest;
  }
  if (strictest.kind == Verdict::Kind::kRefuse) strictest.not_before = {};
  return strictest;
}

}  // namespace

Verdict check(std::span<const Level> levels, Time now) {
  Halves halves;
  return check_all(levels, halves, now);
}

Verdict pass(std::span<const Level> levels, Time now) {
  Halves halves;
  const Verdict verdict = check_all(levels, halves, now);
  if (!verdict.admitted()) return verdict;
  for (std::size_t i = 0; i < levels.size(); ++i)
    if ((verdict.shadowed >> i & 1) == 0) levels[i].settle(halves[i], now);
  return verdict;
}

}  // namespace throttle
