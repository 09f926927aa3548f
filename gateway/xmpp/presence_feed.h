// PresenceFeed: changes of who is available, on their way to the bridge, together once a turn.
#pragma once

#include <cstddef>
#include <string>

#include "bridge/client/backbone.h"

namespace gateway::xmpp {

class PresenceFeed {
 public:
  void add(const std::string& address, bool available) {
    auto& change = *changes_.add_changes();
    change.set_address(address);
    change.set_available(available);
  }

  // Tells the bridge, in order. With the bridge away they are forgotten: it is told everything
  // anew when it is back.
  std::size_t flush(bridge::client::Backbone& backbone);
  void clear() { changes_.Clear(); }

 private:
  bridge::wire::Presence changes_;
};

}  // namespace gateway::xmpp
