#include "bridge/fanout/former_addresses.h"

#include <catch2/catch.hpp>

using bridge::fanout::FormerAddresses;

TEST_CASE("the newest former addresses are remembered, and whose they were last") {
  FormerAddresses former;
  former.add("a@example.org", 1);
  CHECK(former.find("a@example.org") == 1);
  CHECK(former.find("b@example.org") == 0);
  former.add("a@example.org", 2);
  CHECK(former.find("a@example.org") == 2);
  for (std::size_t n = 0; n < FormerAddresses::kMax; ++n)
    former.add(std::to_string(n) + "@example.org", 3);
  CHECK(former.find("a@example.org") == 0);
  CHECK(former.find("0@example.org") == 3);
}
