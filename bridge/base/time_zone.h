// Time zones by their names in the IANA database, as the machine has it (the package tzdata).
//
//   if (known_zone("Europe/Berlin")) offset = utc_offset("Europe/Berlin", now.wall_ms);
//
// Reads the database's file the first time that a zone is named and keeps it. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "bridge/base/time.h"

namespace bridge::base {

// Any bytes are welcome; names are compared exactly, as the database writes them.
bool known_zone(std::string_view zone);

// How far the clocks there are ahead of UTC at that moment. Nothing for a zone that is not known.
std::optional<std::chrono::seconds> utc_offset(std::string_view zone, WallMs at);

}  // namespace bridge::base
