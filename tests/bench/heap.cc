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

std::int64_t live() {
  return static_cast<std::int64_t>(read("thread.allocated") - read("thread.deallocated"));
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
