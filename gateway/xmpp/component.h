// Component: the stream to the XMPP server (XEP-0114), as the rest of the gateway sees it.
//
// Sends are text, already rendered and sanitised (render.h). A barrier is an XEP-0199 ping: streams
// are processed in order, so its answer says that the server has taken everything sent before it.
// After a break, what was sent behind the last answered barrier is unknown; the Component keeps
// nothing, its owner re-sends.
//
// One thread. Abstract so that tests can stand in; the real one is StropheComponent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bridge/base/time.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

using BarrierId = std::uint64_t;  // ascending, never reused

class ComponentListener {
 public:
  virtual ~ComponentListener() = default;
  // Authenticated: send() works from now on.
  virtual void on_online(bridge::base::Time now) = 0;
  // The stream is gone; unanswered barriers will never be answered. It reconnects by itself.
  virtual void on_offline(std::string_view reason, bridge::base::Time now) = 0;
  virtual void on_stanza(const Stanza& stanza, bridge::base::Time now) = 0;
  // Everything sent before this barrier was taken by the server. Called in ascending order, once
  // for each barrier whose turn has come.
  virtual void on_barrier(BarrierId barrier, std::chrono::nanoseconds round_trip,
                          bridge::base::Time now) = 0;
  // A stanza was dropped before it was parsed: over a bound, or not fit to be parsed. `partial` has
  // what could be read of its name, from, to, id and type, enough for an error answer.
  virtual void on_refused(const Stanza& partial, std::string_view why, bridge::base::Time now) {
    static_cast<void>(partial), static_cast<void>(why), static_cast<void>(now);
  }
};

class Component {
 public:
  virtual ~Component() = default;

  virtual bool online() const = 0;

  // One or more whole stanzas. False when offline or when the outgoing bound is reached (nothing is
  // taken then): try again after the next turn.
  virtual bool send(std::string_view stanzas) = 0;

  // 0 when offline or full.
  virtual BarrierId barrier(bridge::base::Time now) = 0;

  // Bytes sent but not yet taken by the kernel.
  virtual std::size_t bytes_waiting() const = 0;

  // Reads, parses, calls the listener, writes. Bounded work; returns how much it did.
  virtual std::size_t turn(bridge::base::Time now) = 0;
};

}  // namespace gateway::xmpp
