// Counters of the gateway: what went through, and each way of refusing. One thread; read by whoever
// runs it.
#pragma once

#include <cstdint>

namespace gateway::xmpp {

struct Counters {
  std::uint64_t stanzas = 0;
  std::uint64_t commands = 0;
  std::uint64_t limited = 0;             // over the limit of a person or domain
  std::uint64_t busy = 0;                // too many requests without an answer
  std::uint64_t away = 0;                // the bridge was not there
  std::uint64_t ignored = 0;             // nothing that is answered
  std::uint64_t outbox_dropped = 0;      // answers lost: the server does not take them
  std::uint64_t people_refused = 0;      // presence not kept: as many people as we keep
  std::uint64_t deliveries = 0;          // stanzas rendered
  std::uint64_t deliveries_refused = 0;  // for somebody who had just gone: given back
  std::uint64_t bounced = 0;             // came back as errors
  std::uint64_t window_shrunk = 0;       // the server answered a barrier late, or died with some
  std::uint64_t probes = 0;
};

}  // namespace gateway::xmpp
