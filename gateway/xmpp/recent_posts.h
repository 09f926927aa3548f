// RecentPosts: the numbers of posts that people wrote lately, by the ids that their own clients
// gave the messages: what a correction (XEP-0308) or retraction (XEP-0424) of such a message is
// about.
//
//   recent.keep("ann@example.org", "m17", 4711);   recent.find("ann@example.org", "m17")
//
// A cache: bounded, the oldest goes first, and empty after a restart; whoever is not found is told
// to say the number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "throttle/key_hash.h"

namespace gateway::xmpp {

class RecentPosts {
 public:
  static constexpr std::size_t kPostsMax = 16 * 1024;

  void keep(const std::string& bare, const std::string& message, std::uint64_t post) {
    std::string key = key_of(bare, message);
    if (!posts_.insert_or_assign(key, post).second) return;
    order_.push_back(std::move(key));
    if (order_.size() <= kPostsMax) return;
    posts_.erase(order_.front());
    order_.pop_front();
  }
  std::optional<std::uint64_t> find(const std::string& bare, const std::string& message) const {
    const auto it = posts_.find(key_of(bare, message));
    if (it == posts_.end()) return std::nullopt;
    return it->second;
  }

 private:
  // An address has no line break in it.
  static std::string key_of(const std::string& bare, const std::string& message) {
    return bare + '\n' + message;
  }

  std::unordered_map<std::string, std::uint64_t, throttle::KeyHash, std::equal_to<>> posts_{
      0, throttle::KeyHash{throttle::random_seed()}};  // strangers choose the keys
  std::deque<std::string> order_;
};

}  // namespace gateway::xmpp
