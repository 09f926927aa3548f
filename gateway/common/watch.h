// Watch: a daemon seen from outside, as /metrics and /healthz of its exporter show it.
//
//   Watch watch(100ms);   auto exporter = watch.open(config.metrics_listen);
//   loop: watch.show(now, trouble_of(parts), [&] { return metrics_of(parts, now); });
//
// The loop shows its numbers every so often; the exporter's threads read the last ones shown. It
// must outlive its exporter, and stays where it is.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "bridge/base/exporter.h"
#include "bridge/base/metrics.h"
#include "bridge/base/result.h"
#include "bridge/base/time.h"

namespace gateway {

class Watch {
 public:
  explicit Watch(std::chrono::milliseconds every) : every_(every) {}

  // nullptr for an empty address. Fails when it is taken.
  bridge::base::Result<std::unique_ptr<bridge::base::Exporter>> open(
      const std::string& listen) const;

  // The loop's thread, once a turn. The numbers are taken only when they are due; the trouble, a
  // sentence or empty, is shown at once.
  void show(bridge::base::Time now, std::string trouble,
            const std::function<bridge::base::Metrics()>& numbers);

  // Any thread.
  void describe(bridge::base::Metrics& metrics) const;
  std::string trouble(bridge::base::Time now) const;

 private:
  const std::chrono::milliseconds every_;
  bridge::base::Time next_{};  // the loop's

  mutable std::mutex mutex_;  // what follows
  bridge::base::Metrics metrics_;
  std::string trouble_ = "It has not started yet.";
  bridge::base::Time shown_{};
};

}  // namespace gateway
