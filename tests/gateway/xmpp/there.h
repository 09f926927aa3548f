// Bob is there, and both connections are up: where stories of deliveries begin.
#pragma once

#include <string>
#include <utility>

#include "gateway_world.h"

namespace gateway::xmpp {

inline constexpr auto kBob = "bob@example.org/phone";
inline constexpr auto kBare = "bob@example.org";

struct There : World {
  explicit There(Settings settings = small_settings()) : World(std::move(settings)) {
    up();
    presence(kBob);
    clear();
  }
  std::size_t count(std::string_view text) const {
    std::size_t found = 0;
    const std::string all = out();
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) {
      ++found;
    }
    return found;
  }
};

}  // namespace gateway::xmpp
