#include "gateway/xmpp/backoff.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace gateway::xmpp {
namespace {

using namespace std::chrono_literals;

TEST_CASE("delays double up to the longest, shortened by at most half") {
  Backoff backoff(1s, 60s, 7);
  auto full = 1000ms;
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto delay = backoff.next();
    CHECK(delay >= full / 2);
    CHECK(delay <= full);
    full = std::min<std::chrono::milliseconds>(60s, 2 * full);
  }
  backoff.reset();
  CHECK(backoff.next() <= 1s);
}

TEST_CASE("gateways with different seeds do not come back at the same moment") {
  CHECK(Backoff(60s, 60s, 1).next() != Backoff(60s, 60s, 2).next());
  CHECK(Backoff(60s, 60s, 1).next() == Backoff(60s, 60s, 1).next());
}

}  // namespace
}  // namespace gateway::xmpp
