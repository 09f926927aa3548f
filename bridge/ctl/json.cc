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
