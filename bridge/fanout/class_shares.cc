#include "bridge/fanout/class_shares.h"

namespace bridge::fanout {
namespace {

throttle::ClassOptions options_of(const ClassShare& share, const ClassShares& shares,
                                  std::size_t capacity) {
  return {.weight = share.weight,
          .capacity = capacity,
          .reserve = share.reserve,
          .catch_up = shares.idle_rounds};
}

}  // namespace

std::array<throttle::ClassOptions, kKinds> class_options(const ClassShares& shares,
                                                         std::size_t capacity) {
  const auto of = [&](const ClassShare& share) { return options_of(share, shares, capacity); };
  return {of(shares.direct), of(shares.reply), of(shares.follow), of(shares.track),
          of(shares.backlog)};
}

std::array<throttle::ClassOptions, kJobClasses> job_class_options(const ClassShares& shares,
                                                                  std::size_t capacity) {
  const auto of = [&](const ClassShare& share) { return options_of(share, shares, capacity); };
  return {of(shares.follow), of(shares.track), of(shares.backlog)};
}

}  // namespace bridge::fanout
