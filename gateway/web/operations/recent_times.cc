#include "gateway/web/operations/recent_times.h"

#include <chrono>
#include <utility>

namespace gateway::web {
namespace {

using Snapshot = bridge::base::Histogram::Snapshot;

// counts: values since the last look up to each bound, and all of them at the end.
double percentile_ms(const Snapshot& seen, const std::vector<std::uint64_t>& counts, double part) {
  const double wanted = part * static_cast<double>(counts.back());
  std::uint64_t below = 0, from = 0;
  for (std::size_t i = 0; i < seen.buckets.size(); ++i) {
    const std::uint64_t bound = seen.buckets[i].bound;
    if (static_cast<double>(counts[i]) >= wanted) {
      const double inside =
          (wanted - static_cast<double>(below)) / static_cast<double>(counts[i] - below);
      return (static_cast<double>(from) + inside * static_cast<double>(bound - from)) / 1e6;
    }
    below = counts[i];
    from = bound;
  }
  return static_cast<double>(from) / 1e6;
}

}  // namespace

WebsiteNumbers RecentTimes::look(const bridge::base::Histogram& histogram, bridge::base::Time now) {
  const Snapshot seen = histogram.snapshot();
  std::vector<std::uint64_t> counts;
  for (const auto& bucket : seen.buckets) counts.push_back(bucket.count);
  counts.push_back(seen.count);
  const std::vector<std::uint64_t> before = std::exchange(before_, counts);
  const double seconds = std::chrono::duration<double>(now - std::exchange(at_, now)).count();
  if (before.empty() || seconds <= 0) return {};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] -= before[i];
  if (counts.back() == 0) return {};
  return {.p50_ms = percentile_ms(seen, counts, 0.5),
          .p99_ms = percentile_ms(seen, counts, 0.99),
          .per_second = static_cast<double>(counts.back()) / seconds};
}

}  // namespace gateway::web
