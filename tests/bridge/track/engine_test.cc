// The parts of the index: what is filed anew stays findable, what is large stays right, and readers
// beside a writer miss nothing.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "bridge/track/entries.h"
#include "bridge/track/groups.h"
#include "bridge/track/hash.h"
#include "bridge/track/index.h"
#include "bridge/track/slot_table.h"
#include "tests/bridge/track/support.h"

namespace bridge::track {
namespace {

std::set<std::string> found_in(const Index& index, std::string_view text) {
  std::set<std::string> found;
  index.match(Post(text), [&](std::string_view canonical, const Listeners&) {
    CHECK(found.emplace(canonical).second);
  });
  return found;
}

TEST_CASE("a table of slots finds what was put in and not taken out, at any size") {
  Reclaimer reclaimer;
  SlotTable table(reclaimer);
  std::multimap<std::uint64_t, std::uint32_t> model;
  const auto key = [](std::uint32_t n) { return hash_of("word " + std::to_string(n % 30'000)); };
  for (std::uint32_t n = 0; n < 40'000; ++n) {
    table.insert(key(n), SlotTable::kPayloadMin + n);
    model.emplace(key(n), SlotTable::kPayloadMin + n);
    if (n % 3 != 0) continue;
    const std::uint32_t gone = n / 2;
    const auto [first, last] = model.equal_range(key(gone));
    const auto it = std::find_if(first, last, [&](const auto& each) {
      return each.second == SlotTable::kPayloadMin + gone;
    });
    if (it == last) continue;
    table.erase(key(gone), it->second);
    model.erase(it);
  }
  for (std::uint32_t n = 0; n < 30'000; ++n) {
    std::multiset<std::uint32_t> there, expected;
    table.visit(key(n), [&](std::uint32_t payload) { there.insert(payload); });
    const auto [first, last] = model.equal_range(key(n));
    for (auto it = first; it != last; ++it) expected.insert(it->second);
    if (!std::ranges::includes(there, expected)) FAIL("not all of word " << n);
  }
  std::size_t all = 0;
  table.for_each([&](std::uint32_t) { ++all; });
  CHECK(all == model.size());
}

TEST_CASE("a group of many stays in order, and finds by second word") {
  Reclaimer reclaimer;
  Groups groups(reclaimer);
  std::set<std::uint64_t> model = {1, 2};
  const GroupRef group = groups.make({0, 1}, {0, 2});
  for (std::uint32_t n = 3; n < 5000; ++n) {
    const Member member{
        n % 7 == 0 ? 0 : static_cast<std::uint32_t>(hash_of(std::to_string(n % 900))), n};
    groups.insert(group, member);
    model.insert(member.key());
  }
  for (std::uint32_t n = 3; n < 4990; n += 2) {
    const auto it =
        std::ranges::find_if(model, [&](auto each) { return Member::of(each).entry == n; });
    CHECK(groups.erase(group, Member::of(*it)));
    CHECK_FALSE(groups.erase(group, Member::of(*it)));
    model.erase(it);
  }
  CHECK(groups.size(group) == model.size());
  for (std::uint32_t n = 0; n < 900; ++n) {
    const auto second = static_cast<std::uint32_t>(hash_of(std::to_string(n)));
    std::set<EntryRef> found, expected;
    groups.with_second(group, second, [&](EntryRef ref) { found.insert(ref); });
    for (const std::uint64_t each : model)
      if (Member::of(each).second == second) expected.insert(Member::of(each).entry);
    if (found != expected) FAIL("not those with " << n);
  }
  groups.free(group);
}

TEST_CASE("who listens: one in the entry itself, or a list; numbers and people of any size") {
  Entries entries;
  const EntryRef ref = entries.make("nyc", {});
  const auto all = [&] {
    std::map<SubscriptionNumber, Listener> listeners;
    const Listeners view = entries[ref].listeners();
    view.visit({}, view.size(), [&](auto number, auto who) { listeners[number] = who; });
    return listeners;
  };
  CHECK(entries[ref].deserted());
  const SubscriptionNumber large = SubscriptionNumber{1} << 41;
  const Listener far = ~Listener{0};
  std::map<SubscriptionNumber, Listener> model;
  for (const auto& [number, who] :
       std::vector<std::pair<SubscriptionNumber, Listener>>{{5, 9}, {6, far}, {large, 1}}) {
    entries[ref].add(number, who);
    model[number] = who;
    CHECK(all() == model);
  }
  CHECK_FALSE(entries[ref].remove(7));
  for (const SubscriptionNumber number : {SubscriptionNumber{5}, SubscriptionNumber{6}, large}) {
    CHECK(entries[ref].remove(number));
    model.erase(number);
    CHECK(all() == model);
  }
  CHECK(entries[ref].deserted());
  CHECK(entries[ref].text() == "nyc");
}

TEST_CASE("the listener of one is walked like a list") {
  const Listeners one(10, 3);
  std::size_t visits = 0;
  const auto count = [&](SubscriptionNumber, Listener) { ++visits; };
  CHECK(one.visit({}, 0, count));
  CHECK_FALSE(one.visit({.after = 10}, 5, count));
  CHECK_FALSE(one.visit({.after = 0, .before = 10}, 5, count));
  CHECK(visits == 0);
  CHECK_FALSE(one.visit({.after = 9, .before = 11}, 1, count));
  CHECK(visits == 1);
}

TEST_CASE("phrases of the same words are told apart, and found again to be removed") {
  Index index;
  std::vector<Phrase> all;
  for (int n = 0; n < 3000; ++n) all.push_back(phrase("nyc food -x" + std::to_string(n)));
  for (int n = 0; n < 3000; ++n) all.push_back(phrase("nyc -y" + std::to_string(n)));
  all.push_back(phrase("\"nyc food\""));
  all.push_back(phrase("\"food nyc\""));
  all.push_back(phrase("nyc food"));
  all.push_back(phrase("nyc"));
  for (std::size_t n = 0; n < all.size(); ++n) index.add(all[n], n + 1, static_cast<Listener>(n));
  CHECK(found_in(index, "nyc food").size() == all.size() - 1);
  CHECK(found_in(index, "nyc food x7 y8").size() == all.size() - 3);
  for (std::size_t n = 0; n < all.size(); ++n) {
    CHECK(index.find(all[n].canonical())->number_at(0) == n + 1);
    CHECK(index.remove(all[n], n + 1));
  }
  CHECK(index.phrases() == 0);
  CHECK_FALSE(index.find("nyc"));
  CHECK_FALSE(index.find(std::string(100, 'x')));
  CHECK_FALSE(index.find(""));
}

TEST_CASE("what posts teach changes where a phrase is filed, and nothing else") {
  Index index;
  std::vector<Phrase> all;
  // Long words are taken for rare ones, until posts are full of them.
  for (int n = 0; n < 500; ++n) {
    all.push_back(phrase("everybodyknows r" + std::to_string(n)));
    all.push_back(phrase("everybodyknows \"r" + std::to_string(n) + " is\""));
  }
  for (std::size_t n = 0; n < all.size(); ++n) {
    index.add(all[n], 2 * n + 1, 1);
    index.add(all[n], 2 * n + 2, 2);
  }
  for (int n = 0; n < 20'000; ++n) index.observe(Post("everybodyknows it"));
  CHECK(index.phrases() == all.size());
  for (int n = 0; n < 500; n += 7) {
    const std::string rare = "r" + std::to_string(n);
    CHECK(found_in(index, "EverybodyKnows, " + rare + " is").size() == 2);
    CHECK(found_in(index, rare + " is").empty());
  }
  for (std::size_t n = 0; n < all.size(); ++n) {
    CHECK(index.find(all[n].canonical())->size() == 2);
    CHECK(index.remove(all[n], 2 * n + 1));
    CHECK(index.remove(all[n], 2 * n + 2));
  }
  CHECK(index.subscriptions() == 0);
}

TEST_CASE("readers beside a writer find all that stays, and nothing that never was") {
  Index index;
  std::vector<Phrase> stay, come;
  for (int n = 0; n < 200; ++n) {
    stay.push_back(phrase("stays s" + std::to_string(n % 20) + " t" + std::to_string(n)));
    come.push_back(phrase("comes c" + std::to_string(n)));
  }
  stay.push_back(phrase("stays"));
  SubscriptionNumber number = 0;
  for (const Phrase& each : stay) index.add(each, ++number, 1);

  std::string text = "stays comes";
  for (int n = 0; n < 200; ++n)
    text += " s" + std::to_string(n) + " t" + std::to_string(n) + " c" + std::to_string(n);
  const Post post(text);
  std::atomic<bool> done = false;
  std::atomic<std::size_t> wrong = 0, rounds = 0;
  const auto read = [&] {
    Index::Reader reader(index);
    while (!done) {
      std::set<std::string> found;
      reader.match(post, [&](std::string_view canonical) {
        if (!found.emplace(canonical).second) ++wrong;
      });
      for (const Phrase& each : stay)
        if (found.erase(each.canonical()) == 0) ++wrong;
      for (const std::string& each : found)
        if (!each.starts_with("c") || !each.ends_with(" comes")) ++wrong;
      ++rounds;
    }
  };
  std::thread first(read), second(read);
  for (int round = 0; round < 40 || rounds < 20; ++round) {
    std::vector<SubscriptionNumber> numbers;
    for (const Phrase& each : come) index.add(each, numbers.emplace_back(++number), 2);
    for (int n = 0; n < 100; ++n) index.observe(Post("stays comes"));
    for (std::size_t n = 0; n < come.size(); ++n)
      if (!index.remove(come[n], numbers[n])) ++wrong;
  }
  done = true;
  first.join();
  second.join();
  CHECK(wrong == 0);
  CHECK(found_in(index, text).size() == stay.size());
}

TEST_CASE("there are seats for 64 readers, and a seat that was left is free") {
  Index index;
  std::vector<std::unique_ptr<Index::Reader>> readers;
  for (std::size_t n = 0; n < Reclaimer::kSeats; ++n)
    readers.push_back(std::make_unique<Index::Reader>(index));
  CHECK_THROWS_AS(Index::Reader(index), std::length_error);
  readers.pop_back();
  CHECK_NOTHROW(Index::Reader(index));
}

}  // namespace
}  // namespace bridge::track
