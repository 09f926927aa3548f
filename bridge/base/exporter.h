// Exporter: a process seen from outside, over HTTP on a loopback address.
//
//   auto exporter = Exporter::open("127.0.0.1:9469", {.metrics = fill, .trouble = why_not_well});
//
// GET /metrics has the numbers in Prometheus' text format; GET /healthz answers 200 "ok", or 503
// with the sentence that `trouble` returned. Both functions are called on threads of the exporter,
// one call at a time, until it is destroyed. It has no access control: hence loopback only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bridge/base/metrics.h"
#include "bridge/base/result.h"

namespace bridge::base {

struct ExporterSource {
  std::function<void(Metrics&)> metrics;
  std::function<std::string()> trouble;  // empty: all is well
};

class Exporter {
 public:
  // "127.0.0.1:9469" or "[::1]:9469"; port 0 takes any that is free. An error is a sentence without
  // the address.
  static Result<void> check(std::string_view listen);

  // Fails when the port is taken. Signals that no handler should get are blocked before.
  static Result<std::unique_ptr<Exporter>> open(const std::string& listen, ExporterSource source);
  ~Exporter();

  // Where it really listens.
  const std::string& address() const;

 private:
  struct Server;
  explicit Exporter(std::unique_ptr<Server> server);
  const std::unique_ptr<Server> server_;
};

// What /metrics says.
std::string prometheus_text(const Metrics& metrics);

}  // namespace bridge::base
