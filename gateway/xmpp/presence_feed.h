// PresenceFeed: changes of who is available, on their way to the bridge, together once a turn.
#pragma once

#include <cstddef>
#include <string>

#include "bridge/client/backbone.h"

namespace gateway::xmpp {

class PresenceFeed {
 public:
  // `receipts`: clients are asked to confirm what is delivered.
  explicit PresenceFeed(bool receipts) : receipts_(receipts) {}

  void add(const std::string& address, bool available) {
    auto& change = *changes_.add_changes();
    change.set_address(address);
    change.set_available(available);
    change.set_receipts(available && receipts_);
  }

  // What it had taken is not certain to arrive. Before the changes that follow from it.
  void server_lost() {
    changes_.Clear();
    changes_.set_server_lost(true);
  }

  // Tells the bridge, in order. With the bridge away they are forgotten: it is told everything
  // anew when it is back.
  std::size_t flush(bridge::client::Backbone& backbone);
  void clear() { changes_.Clear(); }

 private:
  const bool receipts_;
  bridge::wire::Presence changes_;
};

}  // namespace gateway::xmpp
