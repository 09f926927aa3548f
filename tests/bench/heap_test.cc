#include "tests/bench/heap.h"

#include <catch2/catch.hpp>
#include <memory>
#include <thread>

TEST_CASE("what other threads put on the heap, and take from it, counts") {
  constexpr std::int64_t kBytes = 10'000'000;
  constexpr std::int64_t kLittle = 100'000;
  std::unique_ptr<char[]> kept;
  const bench::Heap heap;
  std::thread([&] { kept = std::make_unique<char[]>(kBytes); }).join();
  CHECK(heap.grown() >= kBytes);
  CHECK(heap.peak() >= kBytes);
  std::thread([&] { kept.reset(); }).join();
  CHECK(heap.grown() < kLittle);
}
