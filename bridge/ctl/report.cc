#include "bridge/ctl/report.h"

#include <fmt/format.h>

#include <iterator>

namespace bridge::ctl {

std::string to_text(const wire::StatusReport& status) {
  std::string out;
  const auto line = [&out](std::string_view name, const std::string& value) {
    fmt::format_to(std::back_inserter(out), "{:<12}{:>14}\n", name, value);
  };
  line("log head", with_commas(status.head()));
  line("matched to", with_commas(status.matched_to()));
  line("accounts", with_commas(status.accounts()));
  line("follows", with_commas(status.follows()));
  line("tracks", with_commas(status.tracks()));
  line("online", with_commas(status.online()));
  line("up", duration_text(status.uptime_ms() / 1000));
  if (!status.lanes().empty()) {
    fmt::format_to(std::back_inserter(out), "\n{:<8}{:>10}{:>14}{:>10}{:>10}\n", "lane", "sessions",
                   "requests", "refused", "queued");
  }
  for (const auto& lane : status.lanes()) {
    fmt::format_to(std::back_inserter(out), "{:<8}{:>10}{:>14}{:>10}{:>10}\n", lane.lane(),
                   with_commas(lane.sessions()), with_commas(lane.requests()),
                   with_commas(lane.refused()), with_commas(lane.queued()));
  }
  if (!status.counters().empty()) out += '\n';
  for (const auto& counter : status.counters()) {
    fmt::format_to(std::back_inserter(out), "{:<40}{:>16}\n", counter.name(),
                   with_commas(counter.value()));
  }
  return out;
}

std::string to_text(const wire::OwedReport& owed) {
  if (owed.people().empty()) {
    return fmt::format("Nothing waits, up to {}.\n", with_commas(owed.head()));
  }
  std::string out = fmt::format("{:<22}{:>10}{:>10}{:>10}{:>10}{:>14}\n", "nick", "directs",
                                "follows", "tracks", "digested", "oldest");
  for (const auto& person : owed.people()) {
    fmt::format_to(std::back_inserter(out), "{:<22}{:>10}{:>10}{:>10}{:>10}{:>14}{}\n",
                   person.nick(), with_commas(person.directs()), with_commas(person.follows()),
                   with_commas(person.tracks()), with_commas(person.digested()),
                   with_commas(person.oldest()), person.unreachable() ? "  unreachable" : "");
  }
  fmt::format_to(std::back_inserter(out), "up to {}\n", with_commas(owed.head()));
  return out;
}

std::string to_text(const backbone::VerifyReport& found) {
  return fmt::format(
      "records up to {}: {} posts, {} directs, {} accounts\n"
      "index rows: {} state, {} dedupe, {} directs; cursors of {} people, position {}\n"
      "{}\n",
      with_commas(found.head), with_commas(found.posts), with_commas(found.directs),
      with_commas(found.accounts), with_commas(found.state_rows), with_commas(found.dedupe_rows),
      with_commas(found.direct_rows), with_commas(found.cursor_rows), with_commas(found.position),
      found.faults == 0 ? "no faults" : with_commas(found.faults) + " faults");
}

std::string duration_text(std::uint64_t seconds) {
  const std::uint64_t minutes = seconds / 60;
  const std::uint64_t hours = minutes / 60;
  if (minutes == 0) return fmt::format("{} s", seconds);
  if (hours == 0) return fmt::format("{} min {:02} s", minutes, seconds % 60);
  if (hours < 24) return fmt::format("{} h {:02} min", hours, minutes % 60);
  return fmt::format("{} d {} h", hours / 24, hours % 24);
}

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace bridge::ctl
