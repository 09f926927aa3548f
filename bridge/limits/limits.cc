#include "bridge/limits/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "bridge/base/text.h"

namespace bridge::limits {

using base::ErrorCode;
using base::fail;

void Ledger::apply(const backbone::Record& record) {
  if (!record.has_limit_changed()) return;
  const auto& change = record.limit_changed();
  newest_ = std::max(newest_, record.id());
  const Entry* entry = limits::find(change.name());
  if (!entry) return;
  Setting setting;
  setting.unset = change.unset();
  setting.shadow = change.shadow();
  setting.percent = static_cast<std::uint8_t>(std::min(change.percent(), 100u));
  setting.who = change.who();
  setting.time_ms = record.time_ms();
  if (!setting.unset) {
    auto value = parse(*entry, change.value());
    if (!value) return;  // its bounds have become narrower
    setting.value = std::move(*value);
  }
  settings_.insert_or_assign({entry->limit, change.key()}, std::move(setting));
}

const Setting* Ledger::find(Limit limit, const std::string& key) const {
  const auto it = settings_.find({limit, key});
  return it == settings_.end() || it->second.unset ? nullptr : &it->second;
}

base::Result<lapwing::record::LimitChanged> Ledger::decide(const wire::ChangeLimit& request) const {
  const Entry* entry = limits::find(request.name());
  if (!entry)
    return fail(ErrorCode::kUnknown, "There is no limit of that name: ask for the list of limits.");
  auto key = parse_key(*entry, request.key());
  if (!key) return tl::unexpected(key.error());
  if (!base::check_text(request.who(), kWhoBytesMax))
    return fail(ErrorCode::kBadRequest, "Who changes it is a name of at most 128 bytes.");
  if (request.percent() > 100)
    return fail(ErrorCode::kBadRequest, "A share is from 1 to 100 percent.");
  if (entry->kind != Kind::kPolicy && (request.shadow() || request.percent() != 0))
    return fail(ErrorCode::kBadRequest,
                fmt::format("{} cannot be tried in shadow: it refuses nothing.", entry->name));
  if (!key->empty() && (request.shadow() || request.percent() != 0))
    return fail(ErrorCode::kBadRequest,
                "Shadow and shares are of the limit for everybody, not of an exception.");
  // Where there is nobody to have a share of.
  const bool together = entry->level == "all" || entry->level == "pressure";
  if (together && request.percent() % 100 != 0)
    return fail(ErrorCode::kBadRequest,
                fmt::format("{} holds all people together, and cannot be for a share of them.",
                            entry->name));
  const Setting* old = find(entry->limit, *key);
  lapwing::record::LimitChanged change;
  change.set_name(std::string(entry->name));
  change.set_key(*key);
  change.set_who(request.who());
  change.set_previous(newest_);
  if (old) change.set_old(old->value.text);
  if (request.unset()) {
    if (!old) return fail(ErrorCode::kUnknown, "That is not set, so it cannot be unset.");
    change.set_unset(true);
    return change;
  }
  auto value = parse(*entry, request.value());
  if (!value) return tl::unexpected(value.error());
  change.set_value(value->text);
  change.set_shadow(request.shadow());
  change.set_percent(request.percent() == 0 ? 100 : request.percent());
  if (settings_.size() >= kSettingsMax && !settings_.contains({entry->limit, *key}))
    return fail(ErrorCode::kConflict,
                "As many limits and exceptions are set as there may be: 4,096.");
  return change;
}

Limits in_force(const FileValues& file, const Ledger& ledger, const throttle::HashSeed& seed) {
  Limits all;
  std::array<std::vector<throttle::Overrides::Entry>, kLimits> exceptions;
  for (const Entry& entry : table()) {
    const auto& from_file = file[static_cast<std::size_t>(entry.limit)];
    const Value value = from_file ? *from_file : standard(entry);
    all.at(entry.limit).rule.policy = value.policy;
    all.at(entry.limit).number = value.number;
  }
  for (const auto& [key, setting] : ledger.settings()) {
    if (setting.unset) continue;
    const auto& [limit, whom] = key;
    if (!whom.empty()) {
      exceptions[static_cast<std::size_t>(limit)].emplace_back(throttle::sip_hash<1, 3>(seed, whom),
                                                               setting.value.policy);
      continue;
    }
    Limits::InForce& in_force = all.at(limit);
    in_force.rule.policy = setting.value.policy;
    in_force.rule.shadow = setting.shadow;
    in_force.rule.percent = setting.percent;
    in_force.number = setting.value.number;
  }
  for (const Entry& entry : table()) {
    auto& some = exceptions[static_cast<std::size_t>(entry.limit)];
    if (!some.empty())
      all.at(entry.limit).rule.overrides =
          std::make_shared<const throttle::Overrides>(std::move(some));
  }
  return all;
}

}  // namespace bridge::limits
