// Fields: what follows a command's name, to its values, and back from a form. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/command/catalog.h"

namespace gateway::command {

// All of `rest` as the fields of this entry; nothing when it does not fit.
std::optional<Values> read_fields(const Entry& entry, std::string_view rest);

// One value by itself, as a form brings it: trimmed and in its plain form ("@alice" is "alice").
// Nothing when it is no such thing.
std::optional<std::string> read_value(Kind kind, std::string_view text);

// "#17" or a nick, as a PostRef. Precondition: read as Kind::kPost.
wire::PostRef post_ref(std::string_view value);

}  // namespace gateway::command
