// Line end: what may follow the phrases of a line: `max 10/h` of a track, `for 2h` of a mute.
//
// A line that ends in anything else, or is nothing but such an end, is all phrases. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::command {

struct CappedLine {
  std::string phrases;         // single-spaced
  std::uint32_t per_hour = 0;  // 0: no cap
};
// "nyc max 10/h", "nyc max 10/hour".
CappedLine read_cap(std::string_view line);

struct TimedLine {
  std::string phrases;                    // single-spaced
  std::chrono::milliseconds how_long{0};  // 0: without an end
};
// "nyc for 2h", "nyc for 30 minutes", "nyc for 1 week".
TimedLine read_time(std::string_view line);

// "2h", "30 minutes", and nothing else.
std::optional<std::chrono::milliseconds> read_how_long(std::string_view text);

}  // namespace gateway::command
