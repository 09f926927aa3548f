// Server: HTTP/1.1 on one address, with keep-alive, streams and bounds. The one adapter over
// Boost.Beast and Boost.Asio.
//
//   auto server = Server::open(settings, router);
//   (*server)->watch(backbone.dealer().fd());
//   for (;;) { (*server)->turn(100ms); ... }    // waits, reads, calls the handler, writes
//
// One thread owns it. Bounds: connections in all and for an address, bytes of a header and of a
// body, the time a request may take to arrive, the time a reader may leave an answer untaken, bytes
// waiting in a stream. What is refused is answered with a status and closed. It speaks no TLS: a
// proxy in front does (docs/http.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bridge/base/histogram.h"
#include "bridge/base/result.h"
#include "gateway/web/http.h"

namespace gateway::web {

struct ServerSettings {
  std::string listen = "127.0.0.1:8080";  // or "[::1]:8080"; port 0 takes any that is free
  std::size_t connections_max = 20'000;
  std::size_t connections_per_address = 1'000;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 64 * 1024;
  std::chrono::milliseconds idle_timeout{60'000};     // between requests
  std::chrono::milliseconds request_timeout{10'000};  // from a request's first byte to its last
  std::chrono::milliseconds write_timeout{20'000};    // a reader takes nothing
  std::size_t stream_bytes_max = 256 * 1024;          // waiting for one reader; above: cut
  // Whose X-Forwarded-For and X-Forwarded-Proto are believed; no limit of connections for them.
  std::vector<std::string> trusted_proxies = {};
};

struct ServerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;  // over a bound of connections
  std::uint64_t requests = 0;
  std::uint64_t answers[6] = {};   // by the hundred of the status
  std::uint64_t bad_requests = 0;  // not readable, or too large
  std::uint64_t timeouts = 0;
  std::uint64_t streams_cut = 0;  // the reader was too slow
  std::uint64_t bytes_out = 0;
  std::size_t connections = 0;  // now
  std::size_t streams = 0;      // now
};

class Server {
 public:
  // An error is a sentence without the address.
  static bridge::base::Result<void> check(const std::string& listen);
  // The handler must outlive it. Fails when the port is taken.
  static bridge::base::Result<std::unique_ptr<Server>> open(const ServerSettings& settings,
                                                            Handler& handler);
  ~Server();

  const std::string& address() const;  // where it really listens

  // turn() returns when this descriptor becomes readable, though nobody asked anything.
  void watch(int fd);

  // Waits at most so long for something to do, and does what there is. Returns how much it did.
  std::size_t turn(std::chrono::milliseconds timeout);

  // Takes no connection any more; those there are end after the answer that is being made.
  void close();

  const ServerCounters& counters() const;
  // From a request's last byte to the hand-over of its answer, in nanoseconds.
  const bridge::base::Histogram& times() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::web
