#include "gateway/command/line_end.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "gateway/command/words.h"

namespace gateway::command {
namespace {

using std::chrono::milliseconds;
using Words = std::span<const std::string_view>;

struct Unit {
  std::array<std::string_view, 4> names;
  milliseconds length;
};
constexpr std::array kUnits = {
    Unit{{"s", "sec", "second", "seconds"}, std::chrono::seconds(1)},
    Unit{{"m", "min", "minute", "minutes"}, std::chrono::minutes(1)},
    Unit{{"h", "hr", "hour", "hours"}, std::chrono::hours(1)},
    Unit{{"d", "d", "day", "days"}, std::chrono::days(1)},
    Unit{{"w", "wk", "week", "weeks"}, std::chrono::weeks(1)},
};

// More digits than this are no number of hours anybody means.
constexpr std::size_t kDigitsMax = 5;

struct Counted {
  std::uint32_t count = 0;
  std::string unit;  // what follows the digits, in lower case
};
std::optional<Counted> read_counted(std::string_view word) {
  Counted counted;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), counted.count);
  const auto digits = static_cast<std::size_t>(end - word.data());
  if (error != std::errc{} || digits > kDigitsMax) return std::nullopt;
  counted.unit = lower(word.substr(digits));
  return counted;
}

// "2h", or "2" and "hours".
std::optional<milliseconds> read_duration(Words words) {
  auto counted = read_counted(words.front());
  if (!counted || counted->count == 0) return std::nullopt;
  if (words.size() == 2) {
    if (!counted->unit.empty()) return std::nullopt;
    counted->unit = lower(words.back());
  }
  for (const Unit& unit : kUnits)
    if (std::ranges::find(unit.names, counted->unit) != unit.names.end())
      return unit.length * counted->count;
  return std::nullopt;
}

std::string join(Words words) {
  std::string line;
  for (const std::string_view word : words) {
    if (!line.empty()) line += ' ';
    line += word;
  }
  return line;
}

}  // namespace

CappedLine read_cap(std::string_view line) {
  const std::vector<std::string_view> words = split_words(line);
  const Words all(words);
  if (all.size() > 2 && lower(all[all.size() - 2]) == "max") {
    const auto counted = read_counted(all.back());
    if (counted && (counted->unit == "/h" || counted->unit == "/hour"))
      return {join(all.first(all.size() - 2)), counted->count};
  }
  return {join(all), 0};
}

TimedLine read_time(std::string_view line) {
  const std::vector<std::string_view> words = split_words(line);
  const Words all(words);
  for (const std::size_t length : {1, 2}) {
    if (all.size() < length + 2 || lower(all[all.size() - length - 1]) != "for") continue;
    if (const auto duration = read_duration(all.last(length)))
      return {join(all.first(all.size() - length - 1)), *duration};
  }
  return {join(all), milliseconds(0)};
}

std::optional<milliseconds> read_how_long(std::string_view text) {
  const std::vector<std::string_view> words = split_words(text);
  if (words.empty() || words.size() > 2) return std::nullopt;
  return read_duration(words);
}

}  // namespace gateway::command
