// MemoryBackbone: the Backbone without a bridge, for tests of everything that stands on one.
//
//   MemoryBackbone backbone(listener, [](const wire::Request& request) { return reply; });
//   backbone.turn(now);              // the session opens
//   backbone.peer().deliver(batch);  backbone.turn(now);
//
// It runs the same Session as ZmqBackbone against a MemoryPeer, so that credit, epochs, repeats
// after a break and answers on every way out are the real ones. A turn carries everything there and
// back at once. Nothing is random: the seed is fixed.
#pragma once

#include "bridge/client/memory_peer.h"
#include "bridge/client/session.h"

namespace bridge::client {

class MemoryBackbone : public Backbone {
 public:
  // The listener must outlive it.
  MemoryBackbone(Listener& listener, MemoryPeer::Handler handler,
                 SessionOptions options = {.client = "memory"})
      : session_(std::move(options), listener), peer_(std::move(handler)) {}

  bool connected() const override { return session_.connected(); }
  RequestId ask(const wire::Request& request, base::Time now) override {
    return session_.ask(request, now);
  }
  void grant(std::uint64_t deliveries, std::uint64_t bytes) override {
    session_.grant(deliveries, bytes);
  }
  void ack(std::uint64_t sequence) override { session_.ack(sequence); }
  void nack(const wire::Nack& nack) override { session_.nack(nack); }
  void receipt(const wire::Receipt& receipt) override { session_.receipt(receipt); }
  void presence(const wire::Presence& presence) override { session_.presence(presence); }
  std::size_t turn(base::Time now) override;

  MemoryPeer& peer() { return peer_; }
  const Session& session() const { return session_; }

  // Nothing passes any more; as on a network, the client learns of it when its own messages do not
  // leave (SessionOptions::stuck_max) or by the silence that follows, so move the clock.
  void break_link() { broken_ = true; }
  // The other side comes back as after a restart: without the session, with everything it owed.
  void mend_link();

 private:
  Session session_;
  MemoryPeer peer_;
  bool broken_ = false;
};

}  // namespace bridge::client
