// RecentTimes: percentiles of what a histogram was given since the last look.
//
//   if (const auto recent = times.look(server.times(), now)) show(recent->p99_ms);
//
// Within a bucket values are taken to be spread evenly; above the last bound they count as that.
// One thread; the histogram may be another's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bridge/base/histogram.h"
#include "bridge/base/time.h"

namespace gateway::web {

// The website's own part of a row of samples.
struct WebsiteNumbers {
  std::optional<double> p50_ms = {};  // nullopt: nothing was asked for
  std::optional<double> p99_ms = {};
  double per_second = 0;
  int breaker = 0;  // to the bridge: 0 closed, 1 half open, 2 open
  std::uint64_t breaker_opened = 0;
};

class RecentTimes {
 public:
  // Of a histogram of nanoseconds.
  WebsiteNumbers look(const bridge::base::Histogram& histogram, bridge::base::Time now);

 private:
  std::vector<std::uint64_t> before_;  // values up to each bound, and all
  bridge::base::Time at_{};
};

}  // namespace gateway::web
