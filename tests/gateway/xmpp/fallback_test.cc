#include "gateway/xmpp/fallback.h"

#include <catch2/catch.hpp>

namespace gateway::xmpp {
namespace {

TEST_CASE("a quotation is cut out by characters, not bytes") {
  CHECK(without_range("> tea?\ncoffee", 0, 7) == "coffee");
  CHECK(without_range("> süß 🐦\nja", 0, 8) == "ja");
  CHECK(without_range("ja\n> süß", 2, kToTheEnd) == "ja");
  CHECK(without_range("abc", 1, 2) == "ac");
  CHECK(without_range("abc", 0, kToTheEnd).empty());
}

TEST_CASE("a range that is none cuts nothing, one beyond the end cuts what there is") {
  CHECK(without_range("abc", 2, 2) == "abc");
  CHECK(without_range("abc", 3, 1) == "abc");
  CHECK(without_range("abc", 2, 99) == "ab");
  CHECK(without_range("abc", 99, 100) == "abc");
  CHECK(without_range("", 0, 5).empty());
}

}  // namespace
}  // namespace gateway::xmpp
