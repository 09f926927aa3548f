// Histogram: how often a value fell into each of a few fixed buckets; one thread writes, any thread
// reads.
//
//   Histogram fsyncs{1'000, 10'000, 100'000};   // upper bounds, in the unit of what is recorded
//   fsyncs.record(4'200);   ...   const Histogram::Snapshot seen = fsyncs.snapshot();
//
// Relaxed atomics like Counter, no lock and no allocation while recording. A snapshot taken while
// the writer writes may miss the newest value in its sum, never in a way that a later one does not
// mend.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <vector>

#include "bridge/base/counters.h"

namespace bridge::base {

class Histogram {
 public:
  static constexpr std::size_t kBoundsMax = 16;

  // What is above the last bound is counted all the same. Throws on unordered or too many bounds.
  Histogram(std::initializer_list<std::uint64_t> bounds) {
    if (bounds.size() > kBoundsMax) throw std::logic_error("a histogram of too many buckets");
    for (const std::uint64_t bound : bounds) {
      if (bounds_ > 0 && bound <= bound_[bounds_ - 1])
        throw std::logic_error("a histogram's bounds go up");
      bound_[bounds_++] = bound;
    }
  }

  // The owning thread only.
  void record(std::uint64_t value) {
    std::size_t bucket = 0;
    while (bucket < bounds_ && value > bound_[bucket]) ++bucket;
    sum_.add(value);
    counts_[bucket].add();
  }

  struct Snapshot {
    struct Bucket {
      std::uint64_t bound = 0;  // inclusive
      std::uint64_t count = 0;  // of values up to it, so that the last has nearly all
    };
    std::vector<Bucket> buckets;
    std::uint64_t count = 0;  // of all values
    std::uint64_t sum = 0;
  };
  Snapshot snapshot() const {
    Snapshot seen;
    for (std::size_t i = 0; i < bounds_; ++i) {
      seen.count += counts_[i].value();
      seen.buckets.push_back({bound_[i], seen.count});
    }
    seen.count += counts_[bounds_].value();
    seen.sum = sum_.value();
    return seen;
  }

 private:
  std::array<std::uint64_t, kBoundsMax> bound_{};
  std::size_t bounds_ = 0;
  std::array<Counter, kBoundsMax + 1> counts_;
  Counter sum_;
};

}  // namespace bridge::base
