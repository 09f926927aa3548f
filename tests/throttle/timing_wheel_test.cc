#include "throttle/timing_wheel.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "tests/throttle/story.h"

namespace throttle {

TEST_CASE("an item comes out at its moment, never before") {
  TimingWheel<int> wheel(1ms, 64);
  wheel.advance(at(0s), [](int) {});
  wheel.add(at(10ms + 300us), 1);
  const auto take = [&](Time now) {
    std::vector<int> out;
    wheel.advance(now, [&](int item) { out.push_back(item); });
    return out;
  };
  CHECK(take(at(10ms)).empty());
  CHECK(take(at(10ms + 299us)).empty());
  CHECK(take(at(10ms + 300us)) == std::vector{1});
  CHECK(wheel.size() == 0);
  CHECK_FALSE(wheel.next().has_value());
}

TEST_CASE("what waits longer than a turn of the wheel is found at its moment all the same") {
  TimingWheel<int> wheel(1ms, 64);
  wheel.advance(at(0s), [](int) {});
  wheel.add(at(1s), 1);
  int out = 0;
  for (int ms = 1; ms < 1000; ++ms) wheel.advance(at(ms * 1ms), [&](int) { ++out; });
  CHECK(out == 0);
  wheel.advance(at(1s), [&](int) { ++out; });
  CHECK(out == 1);
}

TEST_CASE("one that is past its moment comes out at once, and so does one that was slept through") {
  TimingWheel<int> wheel(1ms, 64);
  wheel.advance(at(1s), [](int) {});
  wheel.add(at(0s), 1);
  wheel.add(at(2s), 2);
  std::vector<int> out;
  wheel.advance(at(1s), [&](int item) { out.push_back(item); });
  CHECK(out == std::vector{1});
  wheel.advance(at(1h), [&](int item) { out.push_back(item); });
  CHECK(out == std::vector{1, 2});
}

TEST_CASE("it decides as a sorted list does, and next() never sleeps past a moment") {
  holds("equivalence", [] {
    TimingWheel<int> wheel(1ms, 64);
    std::multimap<Time, int> oracle;
    Time now = kStart;
    wheel.advance(now, [](int) {});
    int number = 0;
    const auto steps = *rc::gen::container<std::vector<std::pair<std::int64_t, std::int64_t>>>(
        100, rc::gen::pair(rc::gen::inRange<std::int64_t>(0, 30'000'000),
                           rc::gen::inRange<std::int64_t>(0, 300'000'000)));
    for (const auto& [step, wait] : steps) {
      now += Duration(step);
      wheel.add(now + Duration(wait), number);
      oracle.emplace(now + Duration(wait), number++);
      const auto next = wheel.next();
      RC_ASSERT(next.has_value() && *next <= oracle.begin()->first);
      std::vector<int> ours, theirs;
      wheel.advance(now, [&](int item) { ours.push_back(item); });
      while (!oracle.empty() && oracle.begin()->first <= now) {
        theirs.push_back(oracle.begin()->second);
        oracle.erase(oracle.begin());
      }
      std::ranges::sort(ours);
      std::ranges::sort(theirs);
      RC_ASSERT(ours == theirs);
      RC_ASSERT(wheel.size() == oracle.size());
    }
  });
}

}  // namespace throttle
