// Metrics: a list of named numbers, filled by one function of each process for whoever asks.
//
//   metrics.counter("lapwing_bridge_requests_total", "Requests received.", 12, {{"lane", "web"}});
//   metrics.gauge(...);   metrics.seconds(name, help, histogram of nanoseconds);
//
// Values only: it reads no atomics later and knows nobody who shows it (exporter.h does). Names and
// labels come from the source, never from people: no address, nick or text is ever a label. Values
// of one name are added one after the other. Any thread; each has its own.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bridge/base/histogram.h"

namespace bridge::base {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Metric {
  struct Bucket {
    double bound = 0;  // inclusive
    std::uint64_t count = 0;
  };
  Labels labels;
  double value = 0;  // of a histogram: the sum
  std::vector<Bucket> buckets;
  std::uint64_t count = 0;  // of a histogram: all values
};

struct MetricFamily {
  enum class Kind { kCounter, kGauge, kHistogram };
  std::string name;
  std::string help;
  Kind kind = Kind::kGauge;
  std::vector<Metric> metrics;
};

class Metrics {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value,
               Labels labels = {}) {
    add(name, help, MetricFamily::Kind::kCounter)
        .metrics.push_back({std::move(labels), static_cast<double>(value), {}, 0});
  }
  void gauge(std::string_view name, std::string_view help, double value, Labels labels = {}) {
    add(name, help, MetricFamily::Kind::kGauge)
        .metrics.push_back({std::move(labels), value, {}, 0});
  }
  void gauge(std::string_view name, std::string_view help, std::chrono::nanoseconds value,
             Labels labels = {}) {
    gauge(name, help, std::chrono::duration<double>(value).count(), std::move(labels));
  }
  // A histogram of plain numbers.
  void numbers(std::string_view name, std::string_view help, const Histogram& histogram) {
    histogram_of(name, help, histogram, 1);
  }
  // A histogram of nanoseconds, shown in seconds.
  void seconds(std::string_view name, std::string_view help, const Histogram& histogram) {
    histogram_of(name, help, histogram, 1e9);
  }

  const std::vector<MetricFamily>& families() const { return families_; }

 private:
  MetricFamily& add(std::string_view name, std::string_view help, MetricFamily::Kind kind) {
    if (families_.empty() || families_.back().name != name)
      families_.push_back({std::string(name), std::string(help), kind, {}});
    return families_.back();
  }
  void histogram_of(std::string_view name, std::string_view help, const Histogram& histogram,
                    double unit) {
    const Histogram::Snapshot seen = histogram.snapshot();
    Metric metric{{}, static_cast<double>(seen.sum) / unit, {}, seen.count};
    for (const auto& bucket : seen.buckets)
      metric.buckets.push_back({static_cast<double>(bucket.bound) / unit, bucket.count});
    add(name, help, MetricFamily::Kind::kHistogram).metrics.push_back(std::move(metric));
  }

  std::vector<MetricFamily> families_;
};

}  // namespace bridge::base
