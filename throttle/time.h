// Time is an argument everywhere in this library: it has no clock, no thread and no timer.
//
// The text form of a duration is a whole number and a unit, nothing between them: "250ms", "90d".
// Units: ns us ms s m h d. Used in policies, in configuration and in answers to people.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace throttle {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// nullopt for anything else than digits and a unit, and beyond 292 years (what 64 bits hold).
std::optional<Duration> parse_duration(std::string_view text);

// The shortest exact form: 1500ms, 10s, 2h. parse_duration() gives the same duration back.
// Precondition: not negative.
std::string duration_text(Duration duration);

}  // namespace throttle
