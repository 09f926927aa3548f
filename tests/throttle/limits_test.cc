#include "throttle/limits.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace throttle {
namespace {

struct Pair {
  int one = 0;
  int same = 0;
};

}  // namespace

TEST_CASE("a reader sees a published value at its next look") {
  Published<int> published(1);
  Published<int>::Reader reader(published);
  CHECK(reader.get() == 1);
  const auto held = published.snapshot();
  published.publish(2);
  CHECK(reader.get() == 2);
  CHECK(*held == 1);
}

TEST_CASE("readers on other threads never see half a value") {
  Published<Pair> published({0, 0});
  std::atomic<bool> torn = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      Published<Pair>::Reader reader(published);
      for (int seen = 0; seen < 1000;) {
        const Pair& current = reader.get();
        if (current.one != current.same || current.one < seen) torn = true;
        seen = current.one;
      }
    });
  }
  for (int i = 1; i <= 1000; ++i) published.publish({i, i});
  for (std::thread& reader : readers) reader.join();
  CHECK_FALSE(torn);
}

}  // namespace throttle
