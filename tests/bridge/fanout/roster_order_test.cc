#include "bridge/fanout/roster_order.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

using bridge::fanout::RosterOrder;

TEST_CASE("whoever was served last comes first, however often a place is asked for") {
  rc::prop("as a sort would have it", [](const std::vector<std::uint16_t>& served) {
    std::vector<RosterOrder::Entry> sorted;
    for (std::uint32_t person = 0; person < served.size(); ++person)
      sorted.emplace_back(served[person], person);
    RosterOrder order(sorted);
    std::ranges::sort(sorted, std::greater<>{});
    RC_ASSERT(order.size() == sorted.size());
    const std::size_t first = served.size() / 3;
    for (std::size_t place = 0; place < first; ++place)
      RC_ASSERT(order.at(place) == sorted[place].second);
    for (std::size_t place = 0; place < sorted.size(); ++place)
      RC_ASSERT(order.at(place) == sorted[place].second);
  });
}
