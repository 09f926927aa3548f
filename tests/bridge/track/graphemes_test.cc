#include "bridge/track/graphemes.h"

#include <catch2/catch.hpp>
#include <string>

namespace bridge::track {
namespace {

TEST_CASE("characters are counted as people count them") {
  CHECK(count_graphemes("") == 0);
  CHECK(count_graphemes("hello\nyou") == 9);
  CHECK(count_graphemes("café") == 4);
  CHECK(count_graphemes("cafe\xcc\x81") == 4);  // e and a combining accent
  CHECK(count_graphemes("日本語") == 3);
  CHECK(count_graphemes("🐦‍⬛") == 1);  // a black bird, of two and a joiner
  CHECK(count_graphemes("👩‍👩‍👧‍👦!") == 2);
  CHECK(count_graphemes("🇩🇪🇫🇷") == 2);
  CHECK(count_graphemes("नमस्ते") <= 4);
}

TEST_CASE("counting again begins anew") {
  for (int i = 0; i < 3; ++i) CHECK(count_graphemes("näh") == 3);
}

}  // namespace
}  // namespace bridge::track
