#include "gateway/xmpp/people.h"

#include <algorithm>

namespace gateway::xmpp {

std::string People::key_of(const Jid& from, const Jid& to) {
  return to.local + '/' + from.resource;  // '/' cannot stand in a local part
}

std::optional<bool> People::settle(const std::string& bare) {
  const auto found = people_.find(bare);
  if (found == people_.end()) return std::nullopt;
  Person& person = found->second;
  const bool available =
      std::ranges::any_of(person.clients, [](const Client& client) { return client.available; });
  const bool changed = available != person.available;
  person.available = available;
  if (person.clients.empty()) people_.erase(found);
  return changed ? std::optional(available) : std::nullopt;
}

std::optional<bool> People::available(const Jid& from, const Jid& to, int priority,
                                      std::string_view show) {
  const std::string bare = from.bare();
  if (!people_.contains(bare) && people_.size() >= people_max_) {
    ++refused_;
    return std::nullopt;
  }
  Person& person = people_[bare];
  const std::string key = key_of(from, to);
  auto client = std::ranges::find(person.clients, key, &Client::key);
  if (client == person.clients.end()) {
    if (person.clients.size() >= kClientsMax) {
      ++refused_;
      return std::nullopt;
    }
    client = person.clients.insert(person.clients.end(), Client{key, false});
  }
  client->available = priority >= 0 && show != "dnd";
  return settle(bare);
}

std::optional<bool> People::unavailable(const Jid& from, const Jid& to) {
  const std::string bare = from.bare();
  const auto found = people_.find(bare);
  if (found == people_.end()) return std::nullopt;
  const std::string key = key_of(from, to);
  std::erase_if(found->second.clients, [&](const Client& client) {
    return from.resource.empty() ? client.key.starts_with(key) : client.key == key;
  });
  return settle(bare);
}

std::optional<bool> People::unreachable(const std::string& bare) {
  const auto found = people_.find(bare);
  if (found == people_.end()) return std::nullopt;
  found->second.clients.clear();
  return settle(bare);
}

bool People::is_available(const std::string& bare) const {
  const auto found = people_.find(bare);
  return found != people_.end() && found->second.available;
}

bool People::knows(const Jid& from, const Jid& to) const {
  const auto found = people_.find(from.bare());
  return found != people_.end() &&
         std::ranges::count(found->second.clients, key_of(from, to), &Client::key) > 0;
}

std::vector<std::string> People::all_available() const {
  std::vector<std::string> all;
  for (const auto& [bare, person] : people_) {
    if (person.available) all.push_back(bare);
  }
  return all;
}

}  // namespace gateway::xmpp
