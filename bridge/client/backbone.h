// Backbone: what an edge (gateway, website, lapwingctl) links to talk to a bridge.
//
//   ZmqBackbone backbone(context, {.endpoint = "ipc:///run/lapwing/im", .client = "gateway"},
//                        listener);
//   backbone.ask(request, now);  ...  backbone.turn(now);   // the listener hears the answers
//
// One thread owns it. Nothing blocks: requests are sent or queued (bounded), answers arrive through
// the Listener during turn(). The protocol itself (Session) knows neither socket nor clock; the
// twin in memory_backbone.h runs it against an in-process stand-in.
#pragma once

#include <cstdint>
#include <string_view>

#include "bridge/base/result.h"
#include "bridge/base/time.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::client {

using RequestId = std::uint64_t;  // unique within a Backbone, never reused across sessions

// Called during turn(), on the caller's thread. May call back into the Backbone, but for turn().
class Listener {
 public:
  virtual ~Listener() = default;
  // A session was opened: presence and subscriptions of an earlier one are forgotten over there.
  virtual void on_connected(const wire::Welcome& welcome) = 0;
  // The session ended. Requests without an answer were answered kUnavailable before this call.
  virtual void on_lost(std::string_view reason) = 0;
  // Exactly once per ask(). An Error reply stands in for a reply that will never come.
  virtual void on_reply(RequestId id, const wire::Reply& reply) = 0;
  // Acknowledge with ack(sequence) once it was handed on; its cost is charged to the credit granted
  // (wire::cost_of). Sequences rise by one within a session and are never reused across sessions.
  virtual void on_batch(std::uint64_t sequence, const wire::Batch& batch) = 0;
  virtual void on_gap(const wire::Gap& gap) = 0;
};

class Backbone {
 public:
  virtual ~Backbone() = default;

  virtual bool connected() const = 0;

  // The answer comes through on_reply, never during this call. Away: kUnavailable at the next turn,
  // nothing is kept; too many without an answer: kBusy at the next turn.
  virtual RequestId ask(const wire::Request& request, base::Time now) = 0;

  // More deliveries and rendered bytes are welcome, beyond all that was granted in this session.
  // Credit ends with the session: grant the window anew in on_connected. Ignored while away.
  virtual void grant(std::uint64_t deliveries, std::uint64_t bytes) = 0;

  // Every batch up to this sequence was handed on. Takes effect no later than the next turn. One of
  // an earlier session is ignored: its batches come again.
  virtual void ack(std::uint64_t sequence) = 0;

  // These three say something about this session's deliveries; while away they are ignored.
  virtual void nack(const wire::Nack& nack) = 0;
  virtual void receipt(const wire::Receipt& receipt) = 0;
  virtual void presence(const wire::Presence& presence) = 0;  // any number of changes

  // Moves frames both ways and keeps the session alive. Returns how much work it did.
  virtual std::size_t turn(base::Time now) = 0;
};

}  // namespace bridge::client
