#include "throttle/top_talkers.h"

#include <map>
#include <string>
#include <vector>

#include "tests/throttle/story.h"

namespace throttle {

TEST_CASE("the greatest come first, with what was counted") {
  TopTalkers talkers(10);
  for (int i = 0; i < 3; ++i) talkers.add("bob");
  talkers.add("alice", 5);
  const auto top = talkers.top(1);
  REQUIRE(top.size() == 1);
  CHECK(top[0].key == "alice");
  CHECK(top[0].count == 5);
  CHECK(top[0].error == 0);
}

TEST_CASE("a flood of strangers cannot hide who is loud") {
  TopTalkers talkers(64);
  for (int i = 0; i < 100'000; ++i) {
    talkers.add("stranger" + std::to_string(i));
    if (i % 10 == 0) talkers.add("loud");
  }
  CHECK(talkers.size() == 64);
  const auto top = talkers.top(1);
  CHECK(top[0].key == "loud");
  CHECK(top[0].count >= 10'000);
  CHECK(top[0].count - top[0].error <= 10'000);
}

TEST_CASE("counts are never too low, and at most the error too high") {
  holds("space-saving", [] {
    TopTalkers talkers(8);
    std::map<std::string, std::uint64_t> truth;
    const auto keys = *rc::gen::container<std::vector<int>>(500, rc::gen::inRange(0, 30));
    for (const int key : keys) {
      talkers.add(std::to_string(key * key));
      ++truth[std::to_string(key * key)];
    }
    for (const auto& talker : talkers.top(8)) {
      RC_ASSERT(truth[talker.key] <= talker.count);
      RC_ASSERT(talker.count - talker.error <= truth[talker.key]);
      RC_ASSERT(talker.error <= keys.size() / 8);
    }
  });
}

TEST_CASE("old ones fade") {
  TopTalkers talkers(4);
  talkers.add("yesterday", 3);
  talkers.add("today", 100);
  talkers.halve();
  talkers.halve();
  REQUIRE(talkers.size() == 1);
  CHECK(talkers.top(4)[0].count == 25);
  CHECK(talkers.total() == 25);
}

}  // namespace throttle
