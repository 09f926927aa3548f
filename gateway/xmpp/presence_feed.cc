#include "gateway/xmpp/presence_feed.h"

#include <utility>

namespace gateway::xmpp {

std::size_t PresenceFeed::flush(bridge::client::Backbone& backbone) {
  const bridge::wire::Presence changes = std::exchange(changes_, {});
  if (!backbone.connected()) return 0;
  if (changes.server_lost() || changes.changes_size() > 0) backbone.presence(changes);
  return static_cast<std::size_t>(changes.changes_size());
}

}  // namespace gateway::xmpp
