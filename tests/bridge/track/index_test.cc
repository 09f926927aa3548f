// The index finds what trying every phrase finds, each phrase and each listener exactly once.
#include "bridge/track/index.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "bridge/track/terms.h"
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

struct Someone {
  Phrase phrase;
  SubscriptionNumber number;
  Listener who;
};

// As a restart has them: by person, not by number.
void build(Index& index, std::vector<Someone> all) {
  std::ranges::stable_sort(all, {}, &Someone::who);
  PhraseTable table;
  std::vector<Subscription> subscriptions;
  for (const Someone& each : all) {
    const std::string_view text = each.phrase.canonical();
    std::uint32_t number = 0;
    table.number({&text, 1}, {&number, 1});
    subscriptions.push_back({each.number, each.who, number});
  }
  table.close();
  index.build(table, SubscriberLists(table.size(), subscriptions));
}

std::vector<Someone> some_subscriptions() {
  std::vector<Someone> all;
  std::set<std::pair<std::string, Listener>> taken;
  for (const Phrase& each : some_phrases()) {
    const Listener who = *rc::gen::inRange<Listener>(1, 9);
    if (taken.emplace(each.canonical(), who).second) all.push_back({each, all.size() + 1, who});
  }
  return all;
}

std::vector<SubscriptionNumber> numbers(const Index& index, const Phrase& phrase) {
  std::vector<SubscriptionNumber> numbers;
  const auto listeners = index.find(phrase.canonical());
  if (listeners)
    listeners->visit({}, listeners->size(),
                     [&](SubscriptionNumber number, Listener) { numbers.push_back(number); });
  return numbers;
}

TEST_CASE("property: an index built at once is the one that every subscription was added to") {
  CHECK(rc::check([] {
    const auto all = some_subscriptions();
    Index built, added;
    build(built, all);
    for (const Someone& each : all) added.add(each.phrase, each.number, each.who);
    const auto same = [&] {
      RC_ASSERT(built.phrases() == added.phrases());
      RC_ASSERT(built.subscriptions() == added.subscriptions());
      for (const Someone& each : all)
        RC_ASSERT(numbers(built, each.phrase) == numbers(added, each.phrase));
      for (int posts = 0; posts < 5; ++posts) {
        const std::string text = *tricky_text();
        if (!is_utf8(text)) continue;
        RC_ASSERT(match(built, text) == match(added, text));
      }
    };
    same();
    // And it goes on as one.
    for (const Someone& each : all) {
      if (*rc::gen::inRange(0, 2) == 0) continue;
      RC_ASSERT(built.remove(each.phrase, each.number));
      RC_ASSERT(added.remove(each.phrase, each.number));
    }
    for (Index* index : {&built, &added}) index->add(phrase("nyc food"), all.size() + 1, 77);
    same();
  }));
}

TEST_CASE("long lists and large groups are built whole, and can be taken apart again") {
  constexpr SubscriptionNumber kMany = 3000;
  std::vector<Someone> all;
  for (SubscriptionNumber n = 1; n <= kMany; ++n) {
    all.push_back({phrase("nyc"), 2 * n, static_cast<Listener>(kMany - n)});
    all.push_back({phrase("nyc word" + std::to_string(n)), 2 * n + 1, static_cast<Listener>(n)});
  }
  Index index;
  build(index, all);
  CHECK(index.phrases() == kMany + 1);
  CHECK(index.find("nyc")->size() == kMany);
  CHECK(index.find("nyc")->number_at(1234) == 2470);
  CHECK(match(index, "word7 in nyc, word2999").size() == kMany + 2);
  for (const Someone& each : all) REQUIRE(index.remove(each.phrase, each.number));
  CHECK(index.phrases() == 0);
  CHECK(match(index, "word7 in nyc, word2999").empty());
}

TEST_CASE("only an empty index is built") {
  Index index;
  index.add(phrase("nyc"), 1, 1);
  CHECK_THROWS_AS(build(index, {{phrase("food"), 2, 2}}), std::logic_error);
  Index empty;
  build(empty, {});
  CHECK(empty.subscriptions() == 0);
}

TEST_CASE("phrases in a table have numbers in the order of their coming, and keep them") {
  PhraseTable table;
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) texts.push_back("word" + std::to_string(i % 3000));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<std::uint32_t> numbers(views.size());
  for (std::size_t at = 0; at < views.size(); at += 500)
    table.number({views.data() + at, 500}, {numbers.data() + at, 500});
  CHECK(table.size() == 3000);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    REQUIRE(numbers[i] == i % 3000);
    REQUIRE(table[numbers[i]] == texts[i]);
  }
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
