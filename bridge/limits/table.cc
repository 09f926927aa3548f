#include "bridge/limits/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "bridge/base/text.h"
#include "throttle/time.h"

namespace bridge::limits {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kUnlimited = "unlimited";
constexpr std::size_t kKeyBytesMax = 3071;  // an address

// The eight of a lane; `limits` are their defaults.
#define LAPWING_LANE(Lane, lane, requests, per_client, per_domain, per_person, publishes,   \
                     publishes_per_person, changes, questions)                              \
  Entry{Limit::k##Lane##Requests,                                                           \
        lane ".requests",                                                                   \
        Kind::kPolicy,                                                                      \
        Keyed::kNobody,                                                                     \
        "lane",                                                                             \
        "Requests of all clients of the lane together.",                                    \
        requests},                                                                          \
      Entry{Limit::k##Lane##RequestsPerClient,                                              \
            lane ".requests_per_client",                                                    \
            Kind::kPolicy,                                                                  \
            Keyed::kClient,                                                                 \
            "client",                                                                       \
            "Requests of one client, such as a gateway.",                                   \
            per_client},                                                                    \
      Entry{Limit::k##Lane##RequestsPerDomain,                                              \
            lane ".requests_per_domain",                                                    \
            Kind::kPolicy,                                                                  \
            Keyed::kDomain,                                                                 \
            "domain",                                                                       \
            "Requests of everybody with an address at one domain.",                         \
            per_domain},                                                                    \
      Entry{Limit::k##Lane##RequestsPerPerson,                                              \
            lane ".requests_per_person",                                                    \
            Kind::kPolicy,                                                                  \
            Keyed::kPerson,                                                                 \
            "person",                                                                       \
            "Requests of any kind by one person.",                                          \
            per_person},                                                                    \
      Entry{Limit::k##Lane##Publishes,                                                      \
            lane ".publishes",                                                              \
            Kind::kPolicy,                                                                  \
            Keyed::kNobody,                                                                 \
            "command",                                                                      \
            "Posts and direct messages of all people together.",                            \
            publishes},                                                                     \
      Entry{Limit::k##Lane##PublishesPerPerson,                                             \
            lane ".publishes_per_person",                                                   \
            Kind::kPolicy,                                                                  \
            Keyed::kPerson,                                                                 \
            "person",                                                                       \
            "Posts and direct messages by one person.",                                     \
            publishes_per_person},                                                          \
      Entry{Limit::k##Lane##Changes,                                                        \
            lane ".changes",                                                                \
            Kind::kPolicy,                                                                  \
            Keyed::kNobody,                                                                 \
            "command",                                                                      \
            "Joins, follows, tracks and other changes of all people together.",             \
            changes},                                                                       \
      Entry {                                                                               \
    Limit::k##Lane##Questions, lane ".questions", Kind::kPolicy, Keyed::kNobody, "command", \
        "Questions of all people together: whois, stats, lists, more.", questions           \
  }

// The two of a class of deliveries.
#define LAPWING_CLASS(Class, name, what, weight, reserve)                                       \
  Entry{Limit::kWeight##Class,                                                                  \
        "deliveries.weight_" name,                                                              \
        Kind::kNumber,                                                                          \
        Keyed::kNobody,                                                                         \
        "class",                                                                                \
        "Share of " what " when there is more to send than may be sent.",                       \
        weight,                                                                                 \
        1,                                                                                      \
        1000},                                                                                  \
      Entry {                                                                                   \
    Limit::kReserve##Class, "deliveries.reserve_" name, Kind::kNumber, Keyed::kNobody, "class", \
        "Share of " what " that no weight takes away.", reserve, 0, 1000                        \
  }

constexpr std::array<Entry, kLimits> kTable = {
    LAPWING_LANE(Im, "im", "2000/1s burst 8000", kUnlimited, "1000/1s burst 4000",
                 "20/1s burst 100", "500/1s burst 2000", "1/2s burst 20", "1000/1s burst 4000",
                 "1000/1s burst 4000"),
    LAPWING_LANE(Web, "web", kUnlimited, kUnlimited, kUnlimited, kUnlimited, kUnlimited,
                 "5/1s burst 50", kUnlimited, kUnlimited),
    LAPWING_LANE(Admin, "admin", kUnlimited, kUnlimited, kUnlimited, kUnlimited, kUnlimited,
                 kUnlimited, kUnlimited, kUnlimited),
    Entry{Limit::kDeliveries, "deliveries.all", Kind::kPolicy, Keyed::kNobody, "all",
          "Messages to all people together; more wait in the log and arrive later. 0/s: none.",
          "5000/1s burst 5000"},
    Entry{Limit::kDeliveriesPerPerson, "deliveries.per_person", Kind::kPolicy, Keyed::kPerson,
          "person", "Messages to one person; more wait in the log and arrive later.",
          "10/1s burst 200"},
    Entry{
        Limit::kListenersPerAuthor, "deliveries.listeners_per_author", Kind::kPolicy,
        Keyed::kPerson, "author",
        "Listeners of tracks whom one author's posts reach; posts beyond reach them by the weight "
        "of the backlog.",
        "10000/1s burst 2000000"},
    Entry{Limit::kDeliveriesUnderPressure, "deliveries.under_pressure", Kind::kPolicy,
          Keyed::kNobody, "pressure",
          "Tracks and backlog, all people together, at the first level of pressure; half of it at "
          "each further one.",
          "2000/1s burst 200"},
    LAPWING_CLASS(Direct, "direct", "directs", "8", "4"),
    LAPWING_CLASS(Reply, "reply", "replies to one's own posts", "6", "3"),
    LAPWING_CLASS(Follow, "follow", "posts of people followed", "4", "2"),
    LAPWING_CLASS(Track, "track", "tracks", "2", "1"),
    LAPWING_CLASS(Backlog, "backlog", "what waited, and of hot words", "1", "1"),
    Entry{Limit::kIdleRounds, "deliveries.idle_rounds", Kind::kNumber, Keyed::kNobody, "class",
          "Rounds of its share that a class which had nothing to send may make up for at once.",
          "4", 0, 1000},
    Entry{
        Limit::kDeliveryAge, "deliveries.age_target", Kind::kDuration, Keyed::kNobody, "class",
        "When follows or tracks keep waiting longer than this, those that waited twice as long go "
        "to the backlog.",
        "1s", 1, 600'000},
    Entry{Limit::kWebP99, "pressure.web_p99", Kind::kDuration, Keyed::kNobody, "pressure",
          "The website's requests should be answered within this, 99 of 100; when they are not, "
          "Jabber gets less.",
          "50ms", 1, 60'000},
};
#undef LAPWING_CLASS
#undef LAPWING_LANE

constexpr bool in_order() {
  for (std::size_t i = 0; i < kLimits; ++i)
    if (static_cast<std::size_t>(kTable[i].limit) != i) return false;
  return true;
}
static_assert(in_order());

base::Result<Value> parse_policy(const Entry& entry, std::string_view text) {
  const auto policy = throttle::Policy::parse(text);
  if (!policy)
    return fail(
        ErrorCode::kBadRequest,
        fmt::format("{} is COUNT/PERIOD with an optional burst, or unlimited, such as "
                    "\"{}\".",
                    entry.name, entry.standard == kUnlimited ? "20/10s burst 40" : entry.standard));
  return Value{.policy = *policy, .text = policy->text()};
}

base::Result<Value> parse_number(const Entry& entry, std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number < entry.min || number > entry.max)
    return fail(ErrorCode::kBadRequest,
                fmt::format("{} is a number from {} to {}, such as {}.", entry.name, entry.min,
                            entry.max, entry.standard));
  return Value{.number = number, .text = std::to_string(number)};
}

base::Result<Value> parse_duration(const Entry& entry, std::string_view text) {
  const auto duration = throttle::parse_duration(text);
  const auto ms = duration ? duration->count() / 1'000'000 : -1;
  if (!duration || duration->count() % 1'000'000 != 0 ||
      ms < static_cast<std::int64_t>(entry.min) || ms > static_cast<std::int64_t>(entry.max))
    return fail(
        ErrorCode::kBadRequest,
        fmt::format("{} is a duration from {} to {}, such as {}.", entry.name,
                    throttle::duration_text(std::chrono::milliseconds(entry.min)),
                    throttle::duration_text(std::chrono::milliseconds(entry.max)), entry.standard));
  return Value{.number = static_cast<std::uint64_t>(ms),
               .text = throttle::duration_text(*duration)};
}

}  // namespace

std::span<const Entry> table() {
  return kTable;
}

const Entry* find(std::string_view name) {
  const auto it = std::ranges::find(kTable, name, &Entry::name);
  return it == kTable.end() ? nullptr : it;
}

base::Result<Value> parse(const Entry& entry, std::string_view text) {
  switch (entry.kind) {
    case Kind::kPolicy:
      return parse_policy(entry, text);
    case Kind::kNumber:
      return parse_number(entry, text);
    case Kind::kDuration:
      return parse_duration(entry, text);
  }
  return fail(ErrorCode::kBadRequest, "There is no such kind of limit.");
}

Value standard(const Entry& entry) {
  return parse(entry, entry.standard).value();
}

std::string_view name(Keyed keyed) {
  constexpr std::array<std::string_view, 4> kNames = {"", "person", "domain", "client"};
  return kNames[static_cast<std::size_t>(keyed)];
}

base::Result<std::string> parse_key(const Entry& entry, std::string_view key) {
  if (key.empty()) return std::string();
  if (entry.keyed == Keyed::kNobody)
    return fail(ErrorCode::kBadRequest,
                fmt::format("{} is one limit for everybody and has no exceptions.", entry.name));
  const std::string prefix = fmt::format("{}:", name(entry.keyed));
  if (key.starts_with(prefix))
    key.remove_prefix(prefix.size());
  else if (key.find(':') != std::string_view::npos)
    return fail(ErrorCode::kBadRequest, fmt::format("Exceptions of {} are for a {}: {}NAME.",
                                                    entry.name, name(entry.keyed), prefix));
  if (key.empty() || !base::check_text(key, kKeyBytesMax))
    return fail(ErrorCode::kBadRequest, fmt::format("A {} is missing.", name(entry.keyed)));
  // Addresses come to the bridge normalised, nicks are compared without case.
  std::string canonical(key);
  std::ranges::transform(canonical, canonical.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return entry.keyed == Keyed::kClient ? std::string(key) : canonical;
}

}  // namespace bridge::limits
