#include "tests/bench/heap.h"

#include <jemalloc/jemalloc.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace bench {
namespace {

std::uint64_t read(const char* name) {
  std::uint64_t value = 0;
  std::size_t size = sizeof value;
  if (mallctl(name, &value, &size, nullptr, 0) != 0)
    throw std::runtime_error(std::string("jemalloc does not know ") + name);
  return value;
}

// What this thread keeps for its next allocations counts as allocated, so it gives that back first;
// and the statistics are of the moment at which the epoch was last told to move on.
std::int64_t live() {
  mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  std::uint64_t epoch = 1;
  mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch);
  return static_cast<std::int64_t>(read("stats.allocated"));
}

}  // namespace

Heap::Heap() : at_start_(live()) {
  mallctl("thread.peak.reset", nullptr, nullptr, nullptr, 0);
}

std::int64_t Heap::grown() const {
  return live() - at_start_;
}

std::int64_t Heap::peak() const {
  return std::max(static_cast<std::int64_t>(read("thread.peak.read")), grown());
}

}  // namespace bench
