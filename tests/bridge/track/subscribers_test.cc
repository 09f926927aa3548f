// A list in subscription order, and walks over it that nothing disturbs.
#include "bridge/track/subscribers.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

namespace bridge::track {
namespace {

using Entries = std::vector<std::pair<SubscriptionNumber, Listener>>;

Entries walk(const Subscribers& list, Subscribers::Range range = {}) {
  Entries all;
  CHECK_FALSE(list.visit(range, list.size() + 1, [&](SubscriptionNumber number, Listener who) {
    all.emplace_back(number, who);
  }));
  return all;
}

TEST_CASE("subscribers come in the order of their numbers, between any two of them") {
  Subscribers list;
  for (Listener who = 0; who < 5; ++who) list.add(10 * (who + 1), who);
  CHECK(walk(list) == Entries{{10, 0}, {20, 1}, {30, 2}, {40, 3}, {50, 4}});
  CHECK(walk(list, {.after = 20, .before = 50}) == Entries{{30, 2}, {40, 3}});
  CHECK(walk(list, {.after = 20, .before = 21}).empty());
  CHECK(list.number_at(3) == 40);
  CHECK_FALSE(list.remove(31));
  CHECK(list.remove(30));
  CHECK(walk(list, {.after = 10}) == Entries{{20, 1}, {40, 3}, {50, 4}});
}

TEST_CASE("a walk may stop and go on") {
  Subscribers list;
  for (Listener who = 1; who <= 3000; ++who) list.add(who, who);
  SubscriptionNumber reached = 0;
  std::size_t steps = 0;
  while (list.visit({.after = reached}, 256,
                    [&](SubscriptionNumber number, Listener) { reached = number; }))
    ++steps;
  CHECK(reached == 3000);
  CHECK(steps == 3000 / 256);
}

TEST_CASE("property: what leaves in the middle of a walk moves nobody's place") {
  CHECK(rc::check([] {
    Subscribers list;
    std::map<SubscriptionNumber, Listener> model;
    const auto size = *rc::gen::inRange<Listener>(0, 4000);
    for (Listener who = 0; who < size; ++who) {
      list.add(2 * who + 1, who);
      model.emplace(2 * who + 1, who);
    }
    SubscriptionNumber reached = 0;
    for (bool more = true; more;) {
      const auto leaving = *rc::gen::container<std::vector<SubscriptionNumber>>(
          rc::gen::inRange<SubscriptionNumber>(0, 2 * size + 2));
      for (const SubscriptionNumber number : leaving)
        RC_ASSERT(list.remove(number) == (model.erase(number) > 0));
      const auto stretch = *rc::gen::inRange<SubscriptionNumber>(1, size + 2);
      for (SubscriptionNumber number = reached + 1; number < reached + stretch; ++number)
        if (number % 3 != 0) RC_ASSERT(list.remove(number) == (model.erase(number) > 0));
      auto expected = model.upper_bound(reached);
      more = list.visit({.after = reached}, 100, [&](SubscriptionNumber number, Listener who) {
        RC_ASSERT(expected != model.end());
        RC_ASSERT(expected->first == number);
        RC_ASSERT(expected->second == who);
        ++expected;
        reached = number;
      });
      RC_ASSERT(more || expected == model.end());
    }
    RC_ASSERT(list.size() == model.size());
    for (std::size_t rank = 0; rank < list.size(); rank += 97)
      RC_ASSERT(list.number_at(rank) ==
                std::next(model.begin(), static_cast<std::ptrdiff_t>(rank))->first);
  }));
}

}  // namespace
}  // namespace bridge::track
