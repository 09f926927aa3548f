// The index finds what trying every phrase finds, each phrase and each listener exactly once.
#include "bridge/track/index.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/bridge/track/support.h"

namespace bridge::track {
namespace {

using Found = std::multiset<std::pair<std::string, Listener>>;

Found match(const Index& index, std::string_view text) {
  Found found;
  index.match(Post(text), [&](std::string_view phrase, const Listeners& all) {
    all.visit({}, all.size(),
              [&](SubscriptionNumber, Listener who) { found.emplace(phrase, who); });
  });
  return found;
}

TEST_CASE("listeners of all matching phrases are found, each once") {
  Index index;
  index.add(phrase("nyc food"), 11, 1);
  index.add(phrase("food NYC"), 12, 2);
  index.add(phrase("nyc"), 13, 1);
  index.add(phrase("\"nyc food\" -ad"), 14, 3);
  CHECK(index.phrases() == 3);
  CHECK(index.subscriptions() == 4);

  CHECK(match(index, "food in #nyc, nyc!") == Found{{"food nyc", 1}, {"food nyc", 2}, {"nyc", 1}});
  CHECK(match(index, "nyc food") ==
        Found{{"food nyc", 1}, {"food nyc", 2}, {"nyc", 1}, {"\"nyc food\" -ad", 3}});
  CHECK(match(index, "nyc food ad").size() == 3);
  CHECK(match(index, "boston").empty());
}

TEST_CASE("what was removed is found no more, and leaves nothing behind") {
  Index index;
  index.add(phrase("nyc"), 11, 1);
  index.add(phrase("nyc"), 12, 2);
  CHECK_FALSE(index.remove(phrase("nyc"), 13));
  CHECK_FALSE(index.remove(phrase("boston"), 11));
  CHECK(index.remove(phrase("NYC"), 11));
  CHECK(match(index, "nyc") == Found{{"nyc", 2}});
  CHECK(index.remove(phrase("nyc"), 12));
  CHECK(match(index, "nyc").empty());
  CHECK(index.phrases() == 0);
  CHECK(index.subscriptions() == 0);
}

std::vector<Phrase> some_phrases() {
  std::vector<Phrase> all;
  for (const std::string& line : *rc::gen::container<std::vector<std::string>>(tricky_text())) {
    if (const auto list = Phrase::parse_list(line)) {
      all.insert(all.end(), list->begin(), list->end());
    }
  }
  const auto small = rc::gen::element<std::string>("nyc", "food", "#nyc", "bob", "san francisco",
                                                   "\"san francisco\"", "nyc -bob", "example com",
                                                   "can't", "t", "example.com", "food \"x 16\"");
  for (const std::string& line : *rc::gen::container<std::vector<std::string>>(small)) {
    all.push_back(phrase(line));
  }
  return all;
}

TEST_CASE("property: the index finds what trying every phrase finds") {
  CHECK(rc::check([] {
    Index index;
    std::map<std::pair<std::string, Listener>, Phrase> model;
    SubscriptionNumber number = 0;
    for (const Phrase& each : some_phrases()) {
      const Listener who = *rc::gen::inRange<Listener>(1, 4);
      if (!model.try_emplace({each.canonical(), who}, each).second) continue;
      index.add(each, ++number, who);
      if (*rc::gen::inRange(0, 5) == 0) {
        RC_ASSERT(index.remove(each, number));
        model.erase({each.canonical(), who});
      }
    }
    RC_ASSERT(index.subscriptions() == model.size());
    const std::string text = *tricky_text();
    const Post post(text);
    Found expected;
    for (const auto& [key, each] : model) {
      if (each.matches(post)) expected.insert(key);
    }
    RC_ASSERT(match(index, text) == expected);
  }));
}

TEST_CASE("property: a phrase that matches has all its required words in the post") {
  CHECK(rc::check([] {
    const Post post(*tricky_text());
    for (const Phrase& each : some_phrases()) {
      if (!each.matches(post)) continue;
      for (const std::string& word : each.required()) RC_ASSERT(post.contains(word));
    }
  }));
}

}  // namespace
}  // namespace bridge::track
