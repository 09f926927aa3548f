#include "gateway/xmpp/presence_feed.h"

#include <utility>

namespace gateway::xmpp {
namespace {

// Addresses are at most 3 KB, so that a message of so many stays within the wire's body bound.
constexpr int kChangesMax = 64;

}  // namespace

std::size_t PresenceFeed::flush(bridge::client::Backbone& backbone) {
  const bridge::wire::Presence changes = std::exchange(changes_, {});
  if (!backbone.connected()) return 0;
  bridge::wire::Presence part;
  part.set_server_lost(changes.server_lost());
  for (const auto& change : changes.changes()) {
    *part.add_changes() = change;
    if (part.changes_size() == kChangesMax) backbone.presence(std::exchange(part, {}));
  }
  if (part.server_lost() || part.changes_size() > 0) backbone.presence(part);
  return static_cast<std::size_t>(changes.changes_size());
}

}  // namespace gateway::xmpp
