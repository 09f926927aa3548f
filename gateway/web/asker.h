// Asker: questions to the bridge, with a function for each answer.
//
//   asker.ask(request, now, [&](const wire::Reply& reply) { ... });
//
// The answer comes exactly once, in a later turn; while the bridge is away it is kUnavailable.
// Bounded by the Backbone (requests without an answer). One thread.
#pragma once

#include <functional>
#include <unordered_map>
#include <utility>

#include "bridge/client/backbone.h"

namespace gateway::web {

namespace wire = bridge::wire;

class Asker {
 public:
  using OnReply = std::function<void(const wire::Reply&)>;

  // Before anything else; it must outlive this.
  void attach(bridge::client::Backbone& backbone) { backbone_ = &backbone; }

  bool connected() const { return backbone_->connected(); }
  std::size_t waiting() const { return waiting_.size(); }

  void ask(const wire::Request& request, bridge::base::Time now, OnReply on_reply) {
    waiting_.emplace(backbone_->ask(request, now), std::move(on_reply));
  }

  // For the Listener of the Backbone.
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    const OnReply answer = std::move(found->second);
    waiting_.erase(found);
    answer(reply);
  }

 private:
  bridge::client::Backbone* backbone_ = nullptr;
  std::unordered_map<bridge::client::RequestId, OnReply> waiting_;
};

}  // namespace gateway::web
