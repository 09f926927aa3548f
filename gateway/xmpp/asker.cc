#include "gateway/xmpp/asker.h"

#include <utility>

namespace gateway::xmpp {

bool Asker::ask(const wire::Request& request, bridge::base::Time now, Handler handler) {
  if (waiting_.size() >= requests_max_) return false;
  if (!breaker_.allow(now)) {
    ++broken_;
    return false;
  }
  waiting_.emplace(backbone_->ask(request, now), std::move(handler));
  return true;
}

void Asker::on_reply(bridge::client::RequestId id, const wire::Reply& reply,
                     bridge::base::Time now) {
  auto node = waiting_.extract(id);
  if (node.empty()) return;
  // Timed out, lost with the session, or a log that cannot be written. A limit or a full queue is
  // an answer like any other.
  if (reply.error().code() == wire::UNAVAILABLE)
    breaker_.failed(now);
  else
    breaker_.succeeded(now);
  node.mapped()(reply, now);  // may ask again
}

}  // namespace gateway::xmpp
