// Asker: requests to the bridge, each with what to do about its answer.
//
//   asker.ask(request, now, [=](const wire::Reply& reply, Time now) { ... });
//
// Bounded: at the bound ask() refuses and the caller says "try again". It also refuses while the
// bridge answers too little of what it is asked (throttle/breaker.h). Every accepted request is
// answered exactly once (an error stands in when the bridge is lost), so nothing stays behind. A
// handler must not assume that the XMPP stream is still the same.
#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>

#include "bridge/client/backbone.h"
#include "throttle/breaker.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

class Asker {
 public:
  using Handler = std::function<void(const wire::Reply&, bridge::base::Time now)>;

  explicit Asker(std::size_t requests_max) : requests_max_(requests_max) {}

  // The backbone outlives this. Before the first ask().
  void attach(bridge::client::Backbone& backbone) { backbone_ = &backbone; }

  // False when too many are waiting, or while the breaker is open: nothing was asked.
  [[nodiscard]] bool ask(const wire::Request& request, bridge::base::Time now, Handler handler);

  void on_reply(bridge::client::RequestId id, const wire::Reply& reply, bridge::base::Time now);

  // A new session with the bridge: what the last one did not answer says nothing about it.
  void on_session() { breaker_ = throttle::Breaker(); }

  std::size_t waiting() const { return waiting_.size(); }
  const throttle::Breaker& breaker() const { return breaker_; }
  std::uint64_t broken() const { return broken_; }  // refused by the breaker

 private:
  std::size_t requests_max_;
  bridge::client::Backbone* backbone_ = nullptr;
  std::unordered_map<bridge::client::RequestId, Handler> waiting_;
  throttle::Breaker breaker_;
  std::uint64_t broken_ = 0;
};

}  // namespace gateway::xmpp
