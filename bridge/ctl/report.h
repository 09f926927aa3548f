// The bridge's reports as text for a person, several lines, each ended.
#pragma once

#include <cstdint>
#include <string>

#include "bridge/backbone/verify.h"
#include "bridge/wire/messages.h"

namespace bridge::ctl {

std::string to_text(const wire::StatusReport& status);
std::string to_text(const wire::OwedReport& owed);
std::string to_text(const wire::LimitsReport& limits);
std::string to_text(const wire::LimitChanges& changes);
std::string to_text(const wire::AuditTrail& trail);
std::string to_text(const wire::Order& order);
std::string to_text(const wire::TopReport& top);
std::string to_text(const wire::WordCaps& caps);
std::string to_text(const backbone::VerifyReport& found);

// "45 s", "12 min 07 s", "3 h 05 min", "2 d 4 h".
std::string duration_text(std::uint64_t seconds);

// 1234567 -> "1,234,567".
// "2026-11-26 09:00:00 UTC"
std::string utc_text(std::int64_t time_ms);
std::string with_commas(std::uint64_t number);

}  // namespace bridge::ctl
