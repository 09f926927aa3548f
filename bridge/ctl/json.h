// What lapwingctl reads and writes as JSON. The one file that knows the JSON library.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/track/terms.h"
#include "bridge/wire/messages.h"

namespace bridge::ctl {

// Each on one line, UTF-8 as it is, no newline at the end.
std::string to_json(const track::Tokens& tokens);
std::string to_json(const wire::StatusReport& status);
std::string to_json(const wire::OwedReport& owed);
std::string to_json(const wire::LimitsReport& limits);
std::string to_json(const wire::LimitChanges& changes);
std::string to_json(const wire::AuditTrail& trail);
std::string to_json(const wire::TopReport& top);
std::string to_json(const wire::WordCaps& caps);

// A post to import: {"author": "…", "text": "…"}. Absent when the line is not that; further keys
// do not matter.
struct AuthoredText {
  std::string author;
  std::string text;
};
std::optional<AuthoredText> authored_text(std::string_view line);

}  // namespace bridge::ctl
