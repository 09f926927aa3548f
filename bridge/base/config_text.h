// The small pure parts of reading a configuration: sizes, suggestions, and text fit to be printed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bridge::base {

// "512B", "16KiB", "64MiB", "2GiB"; nullopt for anything else or beyond 2^63 - 1.
std::optional<std::int64_t> parse_bytes(std::string_view text);

// The shortest exact form, which parse_bytes() takes back.
std::string bytes_text(std::int64_t bytes);

// The known name nearest to `name`, when it is near enough to be what was meant.
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> known);

// Text from a file, fit for a terminal and a log line: control characters and broken UTF-8 are
// written as \xNN, and at most `bytes_max` bytes are shown (then "...").
std::string printable(std::string_view text, std::size_t bytes_max = 80);

}  // namespace bridge::base
