// Asker: questions to the bridge, with a function for each answer.
//
//   asker.ask(request, now, [&](const wire::Reply& reply) { ... });
//
// The answer comes exactly once; while the bridge is away it is kUnavailable, in a later turn. A
// bridge that answers too little of what it is asked is not asked for a while (throttle/breaker.h):
// then it is kUnavailable at once, and ready() says so beforehand. Bounded by the Backbone
// (requests without an answer). One thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <unordered_map>
#include <utility>

#include "bridge/client/backbone.h"
#include "bridge/wire/messages.h"
#include "throttle/breaker.h"

namespace gateway::web {

namespace wire = bridge::wire;

class Asker {
 public:
  using OnReply = std::function<void(const wire::Reply&)>;

  // Before anything else; it must outlive this.
  void attach(bridge::client::Backbone& backbone) { backbone_ = &backbone; }

  bool connected() const { return backbone_->connected(); }
  // There is a bridge, and it would be asked now.
  bool ready(bridge::base::Time now) const { return connected() && breaker_.would_allow(now); }
  std::size_t waiting() const { return waiting_.size(); }

  void ask(const wire::Request& request, bridge::base::Time now, OnReply on_reply) {
    if (!breaker_.allow(now)) {
      ++broken_;
      return on_reply(bridge::wire::error_reply(
          {bridge::base::ErrorCode::kUnavailable, "The message backbone is not answering just now.",
           std::chrono::ceil<std::chrono::milliseconds>(
               std::max(breaker_.retry_at() - now, throttle::Duration(std::chrono::seconds(1))))}));
    }
    waiting_.emplace(backbone_->ask(request, now), std::move(on_reply));
  }

  // For the Listener of the Backbone; time is that of the turn.
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply, bridge::base::Time now) {
    auto node = waiting_.extract(id);
    if (node.empty()) return;
    // Timed out, lost with the session, or a log that cannot be written. A limit or a full queue is
    // an answer like any other.
    if (reply.error().code() == wire::UNAVAILABLE)
      breaker_.failed(now);
    else
      breaker_.succeeded(now);
    node.mapped()(reply);  // may ask again
  }

  // A new session: what the last one did not answer says nothing about it.
  void on_session() {
    opened_ += breaker_.opened();
    breaker_ = throttle::Breaker();
  }

  throttle::Breaker::State state(bridge::base::Time now) const { return breaker_.state(now); }
  std::uint64_t opened() const { return opened_ + breaker_.opened(); }
  std::uint64_t broken() const { return broken_; }  // not asked: the breaker was open

 private:
  bridge::client::Backbone* backbone_ = nullptr;
  std::unordered_map<bridge::client::RequestId, OnReply> waiting_;
  throttle::Breaker breaker_;
  std::uint64_t opened_ = 0;  // of earlier sessions
  std::uint64_t broken_ = 0;
};

}  // namespace gateway::web
