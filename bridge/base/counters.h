// Counter and Gauge: a number one thread writes and any thread reads.
//
// Relaxed atomics: on the machines we run on, as cheap as a plain integer for the single writer,
// and a reader sees some recent value. They sit in a small struct beside the code that counts; one
// file per process turns them into what operators read.
#pragma once

#include <atomic>
#include <cstdint>

namespace bridge::base {

class Counter {
 public:
  // The owning thread only.
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  // The owning thread only.
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace bridge::base
