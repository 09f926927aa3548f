// The table of limits: every limit of the bridge that can be changed while it runs, with its name,
// its level, its default and what it is for. Configuration, lapwingctl, the operations page and the
// manuals all go by it.
//
//   const Entry* entry = find("im.publishes");   auto value = parse(*entry, "500/1s burst 2000");
//
// A name is the key's path in conf/bridge.toml, without "limits.".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridge/base/result.h"
#include "throttle/policy.h"

namespace bridge::limits {

enum class Limit : std::uint8_t {
  // Of a lane; three times in the same order, see of_lane().
  kImRequests,
  kImRequestsPerClient,
  kImRequestsPerDomain,
  kImRequestsPerPerson,
  kImPublishes,
  kImPublishesPerPerson,
  kImChanges,
  kImQuestions,
  kWebRequests,
  kWebRequestsPerClient,
  kWebRequestsPerDomain,
  kWebRequestsPerPerson,
  kWebPublishes,
  kWebPublishesPerPerson,
  kWebChanges,
  kWebQuestions,
  kAdminRequests,
  kAdminRequestsPerClient,
  kAdminRequestsPerDomain,
  kAdminRequestsPerPerson,
  kAdminPublishes,
  kAdminPublishesPerPerson,
  kAdminChanges,
  kAdminQuestions,
  kDeliveries,
  kDeliveriesPerPerson,
  kListenersPerAuthor,
  kDeliveriesUnderPressure,
  // Of a class of deliveries; five times.
  kWeightDirect,
  kReserveDirect,
  kWeightReply,
  kReserveReply,
  kWeightFollow,
  kReserveFollow,
  kWeightTrack,
  kReserveTrack,
  kWeightBacklog,
  kReserveBacklog,
  kIdleRounds,
  kDeliveryAge,
  kWebP99,
};
inline constexpr std::size_t kLimits = static_cast<std::size_t>(Limit::kWebP99) + 1;
inline constexpr std::size_t kLimitsPerLane = 8;

enum class Kind : std::uint8_t { kPolicy, kNumber, kDuration };
// Whose key an exception names.
enum class Keyed : std::uint8_t { kNobody, kPerson, kDomain, kClient };

struct Entry {
  Limit limit;
  std::string_view name;
  Kind kind;
  Keyed keyed;
  std::string_view level;  // what it is a limit of, in the words of an answer
  std::string_view what;   // a sentence for an operator
  std::string_view standard;
  std::uint64_t min = 0;  // of a number, or a duration in milliseconds
  std::uint64_t max = 0;
};

// In the order of Limit.
std::span<const Entry> table();
inline const Entry& entry(Limit limit) {
  return table()[static_cast<std::size_t>(limit)];
}
const Entry* find(std::string_view name);
// The same limit of another lane: 0 im, 1 web, 2 admin.
inline Limit of_lane(Limit im, std::size_t lane) {
  return static_cast<Limit>(static_cast<std::size_t>(im) + lane * kLimitsPerLane);
}

// What a limit is set to.
struct Value {
  throttle::Policy policy = throttle::Policy::unlimited();
  std::uint64_t number = 0;  // or milliseconds
  std::string text;          // canonical

  bool operator==(const Value&) const = default;
};

// kBadRequest says what is wrong and shows a good value.
base::Result<Value> parse(const Entry& entry, std::string_view text);
Value standard(const Entry& entry);

// Whom an exception is for, as it is compared and kept: "person:Alice@example.org" -> the address.
// kBadRequest when this limit knows no such exceptions. An empty key is everybody.
base::Result<std::string> parse_key(const Entry& entry, std::string_view key);
std::string_view name(Keyed keyed);

}  // namespace bridge::limits
