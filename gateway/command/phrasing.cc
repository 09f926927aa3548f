#include "gateway/command/phrasing.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

namespace gateway::command {
namespace {

std::chrono::sys_time<std::chrono::milliseconds> time_of(std::int64_t unix_ms) {
  return std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{unix_ms}};
}

// "nyc", "nyc (at most 10 an hour)", "nyc (2 hours left)", "nyc (full: you are number 12 in line)".
std::string with_bounds(const wire::Phrase& phrase) {
  if (phrase.place() > 0)
    return fmt::format("{} (full: you are number {} in line)", phrase.text(), phrase.place());
  if (phrase.per_hour() > 0)
    return fmt::format("{} (at most {} an hour)", phrase.text(), phrase.per_hour());
  if (phrase.ends_in_ms() > 0)
    return fmt::format("{} ({} left)", phrase.text(), how_long(phrase.ends_in_ms()));
  return phrase.recapped() ? phrase.text() + " (without a cap)" : phrase.text();
}

}  // namespace

std::string people(std::uint64_t count) {
  return count == 1 ? "1 person" : fmt::format("{} people", count);
}

std::string posts(std::uint64_t count) {
  return count == 1 ? "1 post" : fmt::format("{} posts", count);
}

std::string day(std::int64_t unix_ms) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time_of(unix_ms))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string day_and_time(std::int64_t unix_ms) {
  const auto time = time_of(unix_ms);
  const std::chrono::hh_mm_ss clock(time - std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{} {:02}:{:02}", day(unix_ms), clock.hours().count(),
                     clock.minutes().count());
}

std::string list_of(std::string_view lead, std::string_view none, const wire::Names& names) {
  if (names.nicks().empty()) return std::string(none);
  std::string text = fmt::format("{} {}: ", lead, people(names.total()));
  std::string_view separator;
  for (const std::string& nick : names.nicks()) {
    text += separator;
    text += nick;
    separator = ", ";
  }
  const auto shown = static_cast<std::uint64_t>(names.nicks_size());
  if (names.total() > shown)
    fmt::format_to(std::back_inserter(text), " and {} more", names.total() - shown);
  return text;
}

std::string quoted(const wire::Item& item) {
  const std::string to = item.reply_to().empty() ? "" : " → " + item.reply_to();
  return fmt::format("{}{}: {} (#{})", item.author(), to, item.text(), item.id());
}

std::string named(std::uint64_t id, std::string_view author) {
  return author.empty() ? fmt::format("#{}", id) : fmt::format("#{} by {}", id, author);
}

std::string phrases_that(bool (*wanted)(const wire::Phrase&), std::string_view lead,
                         const wire::Phrases& phrases) {
  std::string text;
  for (const wire::Phrase& phrase : phrases.phrases()) {
    if (!wanted(phrase)) continue;
    text += text.empty() ? fmt::format("{}: ", lead) : std::string(", ");
    text += with_bounds(phrase);
  }
  return text;
}

std::string phrases(std::string_view lead, const wire::Phrases& phrases, bool changed) {
  return phrases_that(
      changed ? [](const wire::Phrase& phrase) { return phrase.changed(); }
              : [](const wire::Phrase& phrase) { return !phrase.changed(); },
      lead, phrases);
}

std::string two_lines(std::string first, std::string_view second) {
  if (!first.empty() && !second.empty()) first += '\n';
  return first += second;
}

std::string in_how_long(std::uint64_t milliseconds) {
  const std::uint64_t seconds = (milliseconds + 999) / 1000;
  if (seconds > 3600) return "in " + how_long(milliseconds);
  return seconds == 1 ? "in 1 second" : fmt::format("in {} seconds", seconds);
}

std::string how_long(std::uint64_t milliseconds) {
  const auto in = [milliseconds](std::uint64_t unit_ms, std::string_view unit) {
    const std::uint64_t count = (milliseconds + unit_ms - 1) / unit_ms;
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  constexpr std::uint64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  if (milliseconds < kMinute) return in(kSecond, "second");
  if (milliseconds < kHour) return in(kMinute, "minute");
  if (milliseconds < 36 * kHour) return in(kHour, "hour");
  return in(24 * kHour, "day");
}

}  // namespace gateway::command
