#include "bridge/ctl/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <ctime>
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

std::string to_text(const wire::LimitsReport& report) {
  std::string out;
  for (const auto& line : report.limits()) {
    const std::string name = line.key().empty()
                                 ? line.name()
                                 : fmt::format("{} {}:{}", line.name(), line.keyed(), line.key());
    std::string value = line.value();
    if (line.shadow()) value += ", in shadow";
    if (line.percent() < 100) value += fmt::format(", for {} %", line.percent());
    const std::string source =
        line.source() == "set" ? fmt::format("set by {}", line.who()) : line.source();
    fmt::format_to(std::back_inserter(out), "{:<34}{:<26}{}\n", name, value, source);
  }
  fmt::format_to(std::back_inserter(out),
                 "pressure {} of 4; the website's answers take {:.1f} ms at p99\n",
                 report.pressure(), static_cast<double>(report.web_p99_us()) / 1000.0);
  return out;
}

std::string to_text(const wire::LimitChanges& report) {
  if (report.changes().empty()) return "Nothing was ever set.\n";
  std::string out;
  for (const auto& line : report.changes()) {
    const std::string name =
        line.key().empty() ? line.name() : fmt::format("{} for {}", line.name(), line.key());
    std::string value = line.unset() ? "unset" : line.value();
    if (line.shadow()) value += ", in shadow";
    if (!line.unset() && line.percent() < 100) value += fmt::format(", for {} %", line.percent());
    fmt::format_to(std::back_inserter(out), "{}  {}  {}: {} -> {}\n", utc_text(line.time_ms()),
                   line.who(), name, line.old().empty() ? "(not set)" : line.old(), value);
  }
  return out;
}

std::string to_text(const wire::AuditTrail& report) {
  if (report.lines().empty()) return "No operator has done anything yet.\n";
  std::string out;
  for (const auto& line : report.lines()) {
    fmt::format_to(std::back_inserter(out), "{}  {}  {}", utc_text(line.time_ms()), line.who(),
                   line.what());
    if (!line.about().empty()) fmt::format_to(std::back_inserter(out), " {}", line.about());
    if (!line.old().empty())
      fmt::format_to(std::back_inserter(out), ": {} -> {}", line.old(), line.now());
    else if (!line.now().empty())
      fmt::format_to(std::back_inserter(out), ": {}", line.now());
    out += '\n';
  }
  return out;
}

std::string to_text(const wire::Order& report) {
  const auto listed = [](const auto& names) {
    return names.empty() ? std::string("none") : fmt::format("{}", fmt::join(names, ", "));
  };
  constexpr std::array kTo = {"as configured", "open", "closed"};
  const auto to = static_cast<std::size_t>(report.registration());
  return fmt::format(
      "operators: {}\nsuspended: {}\nbanned domains: {}\nreserved nicks: {}\nregistration: {}\n",
      listed(report.operators()), listed(report.suspended()), listed(report.banned()),
      listed(report.reserved()), to < kTo.size() ? kTo[to] : "?");
}

std::string to_text(const wire::TopReport& report) {
  std::string out;
  for (const auto& group : report.groups()) {
    if (group.lines().empty()) continue;
    fmt::format_to(std::back_inserter(out), "{}{}\n", out.empty() ? "" : "\n", group.what());
    for (const auto& line : group.lines())
      fmt::format_to(std::back_inserter(out), "{:>14}  {}\n", with_commas(line.count()),
                     line.key());
  }
  return out.empty() ? "Nobody met a limit, and no word had listeners, of late.\n" : out;
}

std::string utc_text(std::int64_t time_ms) {
  const std::time_t seconds = static_cast<std::time_t>(time_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string to_text(const wire::WordCaps& caps) {
  std::string out =
      fmt::format("Listeners of a word: {} by default.\n", with_commas(caps.by_default()));
  if (caps.caps().empty()) return out;
  fmt::format_to(std::back_inserter(out), "{:<30}{:>14}{:>14}{:>14}\n", "word", "cap", "listeners",
                 "asleep");
  for (const auto& word : caps.caps())
    fmt::format_to(std::back_inserter(out), "{:<30}{:>14}{:>14}{:>14}\n", word.phrase(),
                   word.by_default() ? "default" : with_commas(word.cap()),
                   with_commas(word.listeners()), with_commas(word.asleep()));
  if (caps.total() > static_cast<std::uint64_t>(caps.caps_size()))
    fmt::format_to(std::back_inserter(out), "and {} more\n",
                   with_commas(caps.total() - static_cast<std::uint64_t>(caps.caps_size())));
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
