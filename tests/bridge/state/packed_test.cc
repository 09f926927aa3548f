// The small containers that an account is made of.
#include "bridge/state/packed.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/state/words.h"

namespace bridge::state {
namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers all(const Packed<std::uint64_t>& packed) {
  return {packed.begin(), packed.end()};
}

TEST_CASE("a packed list behaves as a vector does, at every size") {
  Packed<std::uint64_t> packed;
  Numbers model;
  CHECK(packed.empty());
  for (std::uint64_t n = 0; n < 1000; ++n) {
    const std::size_t at = n * 7 % (model.size() + 1);
    packed.insert(packed.begin() + at, n);
    model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), n);
  }
  packed.push_back(packed[500]);  // one of its own
  model.push_back(model[500]);
  CHECK(all(packed) == model);
  const auto odd = [](std::uint64_t n) { return n % 2 == 1; };
  CHECK(packed.erase_if(odd) == std::erase_if(model, odd));
  while (!model.empty()) {
    const std::size_t at = model.size() * 5 / 7;
    packed.erase(packed.begin() + at);
    model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
    REQUIRE(all(packed) == model);
  }
  CHECK(packed.empty());
  CHECK(packed.size() == 0);
}

TEST_CASE("a packed list is copied and moved as a value") {
  Packed<std::uint64_t> one;
  one.push_back(1);
  Packed<std::uint64_t> two = one;
  two.push_back(2);
  CHECK(all(one) == Numbers{1});
  one = std::move(two);
  CHECK(all(one) == Numbers{1, 2});
  one = Packed<std::uint64_t>{};
  CHECK(one.empty());
}

TEST_CASE("a packed text is its text; empty is nothing") {
  PackedText text;
  CHECK(text.view().empty());
  text = "alice@example.org";
  const PackedText copy = text;
  text = std::string(3000, 'a');
  CHECK(text.view() == std::string(3000, 'a'));
  CHECK(copy == "alice@example.org");
  text = "";
  CHECK(text.empty());
  CHECK(sizeof text == sizeof(void*));
}

TEST_CASE("a word is there once for all who use it, and gone after the last") {
  Words words;
  Word& first = words.use("night train");
  CHECK(&words.use("night train") == &first);
  CHECK(&words.use("tea") != &first);
  words.release(first);
  CHECK(first.phrase.canonical() == "night train");
  CHECK(words.size() == 2);
  words.release(first);
  CHECK(words.find("night train") == nullptr);
  words.set_cap("soup", 3);
  words.set_cap("soup", 4);
  CHECK(words.find("soup")->cap == 4);
  CHECK(words.notable().size() == 1);
  words.set_cap("soup", std::nullopt);
  CHECK(words.find("soup") == nullptr);
  CHECK(words.notable().empty());
}

}  // namespace
}  // namespace bridge::state
