#include "bridge/ctl/json.h"

#include <nlohmann/json.hpp>

namespace bridge::ctl {
namespace {

using Json = nlohmann::ordered_json;

// Names travel as bytes; whatever they hold must not keep a report from being printed.
std::string write(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json to_object(const wire::LaneReport& lane) {
  return {{"lane", lane.lane()},
          {"sessions", lane.sessions()},
          {"requests", lane.requests()},
          {"refused", lane.refused()},
          {"queued", lane.queued()}};
}

Json to_object(const wire::OwedEntry& person) {
  return {{"nick", person.nick()},
          {"directs", person.directs()},
          {"follows", person.follows()},
          {"tracks", person.tracks()},
          {"digested", person.digested()},
          {"oldest", person.oldest()},
          {"unreachable", person.unreachable()}};
}

}  // namespace

std::string to_json(const track::Tokens& tokens) {
  return write({{"words", tokens.words},
                {"hashtags", tokens.hashtags},
                {"mentions", tokens.mentions},
                {"urls", tokens.urls}});
}

std::string to_json(const wire::StatusReport& status) {
  Json lanes = Json::array();
  for (const auto& lane : status.lanes()) lanes.push_back(to_object(lane));
  Json counters = Json::object();
  for (const auto& counter : status.counters()) counters[counter.name()] = counter.value();
  return write({{"head", status.head()},
                {"matched_to", status.matched_to()},
                {"accounts", status.accounts()},
                {"follows", status.follows()},
                {"tracks", status.tracks()},
                {"online", status.online()},
                {"uptime_ms", status.uptime_ms()},
                {"lanes", lanes},
                {"counters", counters}});
}

std::string to_json(const wire::OwedReport& owed) {
  Json people = Json::array();
  for (const auto& person : owed.people()) people.push_back(to_object(person));
  return write({{"head", owed.head()}, {"people", people}});
}

std::string to_json(const wire::LimitsReport& report) {
  Json limits = Json::array();
  for (const auto& line : report.limits()) {
    Json limit = {{"name", line.name()},        {"value", line.value()}, {"source", line.source()},
                  {"default", line.standard()}, {"kind", line.kind()},   {"level", line.level()},
                  {"what", line.what()}};
    if (!line.key().empty()) limit["for"] = line.key();
    if (!line.keyed().empty()) limit["exceptions_for"] = line.keyed();
    if (line.shadow()) limit["shadow"] = true;
    if (line.percent() < 100) limit["percent"] = line.percent();
    if (!line.who().empty()) limit["who"] = line.who();
    if (line.time_ms() != 0) limit["time_ms"] = line.time_ms();
    limits.push_back(std::move(limit));
  }
  return write(
      {{"limits", limits}, {"pressure", report.pressure()}, {"web_p99_us", report.web_p99_us()}});
}

std::string to_json(const wire::LimitChanges& report) {
  Json changes = Json::array();
  for (const auto& line : report.changes()) {
    Json change = {{"id", line.id()},
                   {"time_ms", line.time_ms()},
                   {"who", line.who()},
                   {"name", line.name()},
                   {"old", line.old()}};
    if (!line.key().empty()) change["for"] = line.key();
    if (line.unset())
      change["unset"] = true;
    else
      change["value"] = line.value();
    if (line.shadow()) change["shadow"] = true;
    if (!line.unset() && line.percent() < 100) change["percent"] = line.percent();
    changes.push_back(std::move(change));
  }
  return write({{"changes", changes}, {"next", report.next()}});
}

std::string to_json(const wire::AuditTrail& report) {
  Json lines = Json::array();
  for (const auto& line : report.lines())
    lines.push_back({{"id", line.id()},
                     {"time_ms", line.time_ms()},
                     {"who", line.who()},
                     {"what", line.what()},
                     {"about", line.about()},
                     {"old", line.old()},
                     {"now", line.now()}});
  return write({{"lines", lines}, {"next", report.next()}});
}

std::string to_json(const wire::TopReport& report) {
  Json groups = Json::object();
  for (const auto& group : report.groups()) {
    Json lines = Json::array();
    for (const auto& line : group.lines())
      lines.push_back({{"key", line.key()}, {"count", line.count()}, {"error", line.error()}});
    groups[group.what()] = lines;
  }
  return write(groups);
}

std::string to_json(const wire::WordCaps& caps) {
  Json words = Json::array();
  for (const auto& word : caps.caps())
    words.push_back({{"word", word.phrase()},
                     {"cap", word.cap()},
                     {"by_default", word.by_default()},
                     {"listeners", word.listeners()},
                     {"asleep", word.asleep()}});
  return write({{"default", caps.by_default()}, {"total", caps.total()}, {"words", words}});
}

std::optional<AuthoredText> authored_text(std::string_view line) {
  if (!line.starts_with('{')) return std::nullopt;
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;  // also when it could not be parsed
  const auto author = json.find("author");
  const auto text = json.find("text");
  if (author == json.end() || !author->is_string() || text == json.end() || !text->is_string()) {
    return std::nullopt;
  }
  return AuthoredText{author->get<std::string>(), text->get<std::string>()};
}

}  // namespace bridge::ctl
