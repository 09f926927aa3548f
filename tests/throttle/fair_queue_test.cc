#include "throttle/fair_queue.h"

#include <map>
#include <memory>
#include <numeric>

#include "tests/throttle/story.h"

namespace throttle {
namespace {

using Queue = FairQueue<int>;

Queue queue_of(std::vector<std::uint32_t> weights, std::uint64_t quantum,
               std::size_t capacity = 1000) {
  std::vector<ClassOptions> classes;
  for (const std::uint32_t weight : weights) classes.push_back({weight, capacity});
  return Queue(classes, quantum);
}

void fill(Queue& queue, std::size_t class_index, int items, std::uint64_t cost) {
  for (int i = 0; i < items; ++i) REQUIRE(queue.push(class_index, i, cost));
}

// How many of the next `pops` came from each class.
std::map<std::size_t, int> served(Queue& queue, int pops) {
  std::map<std::size_t, int> count;
  for (int i = 0; i < pops; ++i) ++count[queue.pop().value().first];
  return count;
}

}  // namespace

TEST_CASE("an empty queue has nothing to give") {
  Queue queue = queue_of({1, 2}, 10);
  CHECK(queue.empty());
  CHECK_FALSE(queue.pop());
  Queue none = queue_of({}, 10);
  CHECK_FALSE(none.pop());
}

TEST_CASE("a class is a fifo") {
  Queue queue = queue_of({1}, 10);
  fill(queue, 0, 3, 25);
  CHECK(queue.pop() == std::pair<std::size_t, int>(0, 0));
  CHECK(queue.pop() == std::pair<std::size_t, int>(0, 1));
  CHECK(queue.pop() == std::pair<std::size_t, int>(0, 2));
  CHECK(queue.empty());
}

TEST_CASE("a full class refuses, the others do not") {
  Queue queue = queue_of({1, 1}, 10, 2);
  fill(queue, 0, 2, 1);
  CHECK_FALSE(queue.push(0, 9, 1));
  CHECK(queue.size(0) == 2);
  CHECK(queue.push(1, 9, 1));
}

TEST_CASE("backlogged classes share by weight") {
  Queue queue = queue_of({6, 3, 1}, 5);
  for (std::size_t i = 0; i < 3; ++i) fill(queue, i, 900, 5);
  const auto count = served(queue, 1000);
  CHECK(count.at(0) == 600);
  CHECK(count.at(1) == 300);
  CHECK(count.at(2) == 100);
}

TEST_CASE("a share is of the cost, not of the items") {
  Queue queue = queue_of({1, 1}, 10);
  fill(queue, 0, 900, 10);
  fill(queue, 1, 900, 1);
  const auto count = served(queue, 550);
  CHECK(count.at(0) == 50);
  CHECK(count.at(1) == 500);
}

TEST_CASE("a class that was idle gets no credit for it") {
  Queue queue = queue_of({1, 1}, 1);
  fill(queue, 0, 900, 1);
  served(queue, 500);
  fill(queue, 1, 900, 1);
  CHECK(served(queue, 100).at(1) <= 51);
}

TEST_CASE("a held class is passed over, keeps its items and gets no credit") {
  Queue queue = queue_of({1, 1}, 1);
  fill(queue, 0, 500, 1);
  fill(queue, 1, 500, 1);
  queue.hold(0, true);
  CHECK(served(queue, 100).at(1) == 100);
  queue.hold(1, true);
  CHECK_FALSE(queue.pop());
  CHECK_FALSE(queue.empty());
  queue.hold(0, false);
  queue.hold(1, false);
  CHECK(served(queue, 100).at(0) <= 51);
}

TEST_CASE("a new weight counts from the next rounds on") {
  Queue queue = queue_of({1, 1}, 1);
  fill(queue, 0, 900, 1);
  fill(queue, 1, 900, 1);
  served(queue, 10);
  queue.set_options(0, {9, 1000});
  CHECK(served(queue, 100).at(0) >= 89);
}

TEST_CASE("an item dearer than any quantum passes without a long search") {
  Queue queue = queue_of({1, 3}, 1);
  REQUIRE(queue.push(0, 7, UINT64_MAX));
  REQUIRE(queue.push(1, 8, UINT64_MAX));
  CHECK(queue.pop() == std::pair<std::size_t, int>(1, 8));
  CHECK(queue.pop() == std::pair<std::size_t, int>(0, 7));
}

TEST_CASE("items need not be copyable") {
  const ClassOptions one[] = {{1, 10}};
  FairQueue<std::unique_ptr<int>> queue(one, 1);
  REQUIRE(queue.push(0, std::make_unique<int>(5), 1));
  CHECK(*queue.pop().value().second == 5);
}

TEST_CASE("over any busy period a class gets its share less a quantum and the largest cost") {
  holds("shares", [] {
    const auto weights =
        *rc::gen::container<std::vector<std::uint32_t>>(4, rc::gen::inRange<std::uint32_t>(1, 9));
    const auto quantum = *rc::gen::inRange<std::uint64_t>(1, 40);
    constexpr std::uint64_t kLargest = 100;
    Queue queue = queue_of(weights, quantum, 64);
    const auto cost = rc::gen::inRange<std::uint64_t>(1, kLargest + 1);
    std::vector<std::map<int, std::uint64_t>> costs(4);
    int next = 0;
    const auto refill = [&] {
      for (std::size_t i = 0; i < 4; ++i) {
        while (queue.size(i) < 8) {
          costs[i][next] = *cost;
          queue.push(i, next, costs[i][next]);
          ++next;
        }
      }
    };
    std::vector<std::uint64_t> service(4, 0);
    const auto warm_up = *rc::gen::inRange(0, 100);
    for (int i = 0; i < warm_up + 200; ++i) {
      refill();
      const auto [from, item] = queue.pop().value();
      if (i >= warm_up) service[from] += costs[from].at(item);
    }
    const double total = static_cast<double>(std::accumulate(service.begin(), service.end(), 0ull));
    const double weight_sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    // The first and the last round are partial: one quantum and one largest cost of slack for every
    // class whose lead this one's share is measured against.
    for (std::size_t i = 0; i < 4; ++i) {
      const double slack = 2.0 * weights[i] * static_cast<double>(quantum) + 5.0 * kLargest;
      RC_ASSERT(static_cast<double>(service[i]) >= total * weights[i] / weight_sum - slack);
    }
  });
}

TEST_CASE("a reserve is a share that no weight takes away") {
  FairQueue<int> queue(std::array{ClassOptions{9, 1000}, ClassOptions{1, 1000, 3}}, 1);
  for (int i = 0; i < 1000; ++i) {
    queue.push(0, i, 1);
    queue.push(1, i, 1);
  }
  int second = 0;
  for (int i = 0; i < 120; ++i) second += queue.pop()->first == 1;
  CHECK(second == 30);  // three of twelve
}

TEST_CASE("a class that idled makes up for a few rounds, however long it idled") {
  FairQueue<int> queue(std::array{ClassOptions{1, 1000}, ClassOptions{1, 1000, 0, 5}}, 1);
  for (int i = 0; i < 200; ++i) queue.push(0, i, 1);
  for (int i = 0; i < 100; ++i) queue.pop();
  for (int i = 0; i < 50; ++i) queue.push(1, i, 1);
  int in_a_row = 0;
  while (queue.pop()->first == 1) ++in_a_row;
  CHECK(in_a_row >= 5);
  CHECK(in_a_row <= 7);
}

TEST_CASE("one that is always just empty makes up for nothing") {
  FairQueue<int> queue(std::array{ClassOptions{1, 1000}, ClassOptions{1, 1000, 0, 5}}, 1);
  for (int i = 0; i < 1000; ++i) queue.push(0, i, 1);
  int second = 0;
  for (int i = 0; i < 400; ++i) {
    if (queue.size(1) == 0) queue.push(1, i, 1);
    second += queue.pop()->first == 1;
  }
  CHECK(second <= 205);
}

}  // namespace throttle
