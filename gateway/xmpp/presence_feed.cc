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
  for (int from = 0; from < changes.changes_size(); from += kChangesMax) {
    bridge::wire::Presence part;
    for (int i = from; i < changes.changes_size() && i < from + kChangesMax; ++i) {
      *part.add_changes() = changes.changes(i);
    }
    backbone.presence(part);
  }
  return static_cast<std::size_t>(changes.changes_size());
}

}  // namespace gateway::xmpp
