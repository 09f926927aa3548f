// People: who can be delivered to, from the presence of their clients.
//
//   if (auto now_available = people.available(from, 0, "")) tell_the_bridge(bare, *now_available);
//
// A person is available if some client of theirs has a priority of 0 or more and is not on "do not
// disturb". Only changes of that are reported. Everything here belongs to one connection to the
// XMPP server: after a break it is forgotten and probed again. Bounded in people and in clients of
// one person; whoever does not fit counts as away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/xmpp/jid.h"
#include "throttle/key_hash.h"

namespace gateway::xmpp {

class People {
 public:
  static constexpr std::size_t kClientsMax = 32;

  explicit People(std::size_t people_max) : people_max_(people_max) {}

  // Presence of the client `from` towards our address `to`; a client is counted once for each of
  // our addresses that it told, so that leaving one of them is not leaving all. Each returns
  // whether the person is available now, if that changed.
  std::optional<bool> available(const Jid& from, const Jid& to, int priority,
                                std::string_view show);
  // Without a resource: all their clients, towards that address.
  std::optional<bool> unavailable(const Jid& from, const Jid& to);
  // They cannot be reached, whatever their clients said: away until one speaks again.
  std::optional<bool> unreachable(const std::string& bare);

  bool is_available(const std::string& bare) const;
  // Has this client been heard of, towards that address?
  bool knows(const Jid& from, const Jid& to) const;
  std::vector<std::string> all_available() const;
  void forget_all() { people_.clear(); }

  std::size_t size() const { return people_.size(); }
  std::uint64_t refused() const { return refused_; }

 private:
  struct Client {
    std::string key;
    bool available = false;
  };
  struct Person {
    std::vector<Client> clients;
    bool available = false;
  };

  static std::string key_of(const Jid& from, const Jid& to);
  std::optional<bool> settle(const std::string& bare);

  std::size_t people_max_;
  // By bare address. Strangers choose the keys.
  std::unordered_map<std::string, Person, throttle::KeyHash, std::equal_to<>> people_{
      0, throttle::KeyHash{throttle::random_seed()}};
  std::uint64_t refused_ = 0;
};

}  // namespace gateway::xmpp
