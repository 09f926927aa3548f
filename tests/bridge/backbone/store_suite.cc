// What every Store does, run against each.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <limits>
#include <thread>

#include "bridge/backbone/compaction.h"
#include "tests/bridge/backbone/benches.h"
#include "tests/bridge/backbone/scribe.h"

namespace bridge::backbone {
namespace {

constexpr AccountId kAlice = 1;
constexpr AccountId kBob = 2;
constexpr AccountId kCarol = 3;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

std::vector<std::string> texts(const std::vector<RecordPtr>& records) {
  std::vector<std::string> texts;
  for (const auto& record : records) texts.push_back(record->post().text());
  return texts;
}

std::vector<RecordId> replayed_ids(const Store& store,
                                   const std::vector<StateRange>& ranges = {{}}) {
  std::vector<RecordId> ids;
  for (const StateRange& range : ranges)
    REQUIRE(store.read_state(range, [&](const Record& record) { ids.push_back(record.id()); }));
  std::ranges::sort(ids);
  return ids;
}

using Ids = std::vector<RecordId>;
using Texts = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("an empty store has nothing and says so", "", Embedded, InMemory) {
  TestType bench;
  auto& store = bench.store();
  CHECK(store.head() == 0);
  CHECK(store.read(0, kAll, kAll)->empty());
  CHECK(store.read_directs(kAlice, 0, kAll)->empty());
  CHECK_FALSE(*store.find_duplicate({kAlice, "x", "hello"}, 0));
  CHECK(replayed_ids(store).empty());
  CHECK(store.append({}));
  CHECK(store.head() == 0);
}

TEMPLATE_TEST_CASE("what was appended is read back, also after a restart", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  scribe.post(kAlice, "one");
  scribe.post(kBob, "two");
  REQUIRE(bench.store().append(scribe.take()));
  scribe.post(kAlice, "three");
  REQUIRE(bench.store().append(scribe.take()));

  const bool restarted = GENERATE(false, true);
  if (restarted) bench.reopen();
  auto& store = bench.store();

  CHECK(store.head() == 3);
  CHECK(texts(*store.read(0, kAll, kAll)) == Texts{"one", "two", "three"});
  CHECK(texts(*store.read(2, kAll, kAll)) == Texts{"three"});
  CHECK(store.read(3, kAll, kAll)->empty());
  CHECK(store.read(99, kAll, kAll)->empty());
  CHECK(store.read(0, kAll, kAll)->back()->post().ordinal() == 2);
  CHECK(store.read(0, kAll, kAll)->front()->time_ms() == 1'000);
}

TEMPLATE_TEST_CASE("a restarted store goes on where it was", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  scribe.post(kAlice, "before");
  REQUIRE(bench.store().append(scribe.take()));
  bench.reopen();
  scribe.post(kAlice, "after");
  REQUIRE(bench.store().append(scribe.take()));
  CHECK(texts(*bench.store().read(0, kAll, kAll)) == Texts{"before", "after"});
}

TEMPLATE_TEST_CASE("a read stops at either bound, but never before its first record", "", Embedded,
                   InMemory) {
  TestType bench;
  Scribe scribe;
  for (int i = 0; i < 5; ++i) scribe.post(kAlice, std::string(100, 'x'));
  REQUIRE(bench.store().append(scribe.take()));
  auto& store = bench.store();
  CHECK(store.read(0, 2, kAll)->size() == 2);
  CHECK(store.read(0, 0, kAll)->empty());
  CHECK(store.read(0, kAll, 1)->size() == 1);
  CHECK(store.read(0, kAll, 300)->size() == 2);
  CHECK(store.read(4, kAll, 1)->size() == 1);
}

TEMPLATE_TEST_CASE("texts are bytes: empty, with NUL, not UTF-8, long", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  const Texts odd = {"", std::string("a\0b", 3), "\xFF\xFE", std::string(1 << 20, 'z')};
  for (const auto& text : odd) scribe.post(kAlice, text);
  REQUIRE(bench.store().append(scribe.take()));
  bench.reopen();
  CHECK(texts(*bench.store().read(0, kAll, kAll)) == odd);
}

TEMPLATE_TEST_CASE("directs are found by their recipient", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  const auto first = scribe.direct(kAlice, kBob, "psst");
  scribe.direct(kAlice, kCarol, "not for bob");
  scribe.post(kBob, "not a direct");
  const auto second = scribe.direct(kCarol, kBob, "hey");
  const auto huge = std::numeric_limits<AccountId>::max();
  const auto third = scribe.direct(kAlice, huge, "far out");
  REQUIRE(bench.store().append(scribe.take()));
  bench.reopen();
  auto& store = bench.store();
  CHECK(*store.read_directs(kBob, 0, kAll) == Ids{first, second});
  CHECK(*store.read_directs(kBob, 0, 1) == Ids{first});
  CHECK(*store.read_directs(kBob, first, kAll) == Ids{second});
  CHECK(store.read_directs(kBob, second, kAll)->empty());
  CHECK(store.read_directs(kAlice, 0, kAll)->empty());
  CHECK(*store.read_directs(huge, 0, kAll) == Ids{third});
}

TEMPLATE_TEST_CASE("a publish is known again by author, recipient, client id and text", "",
                   Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  const auto id = scribe.post(kAlice, "hello", "c1");
  const auto direct = scribe.direct(kAlice, kBob, "psst", "c2");
  REQUIRE(bench.store().append(scribe.take()));
  bench.reopen();
  auto& store = bench.store();
  CHECK(*store.find_duplicate({kAlice, "c1", "hello"}, 1'001) == id);
  CHECK(*store.find_duplicate({kAlice, "c2", "psst", kBob}, 1'001) == direct);
  CHECK_FALSE(*store.find_duplicate({kAlice, "c2", "psst", kAlice}, 1'001));
  CHECK_FALSE(*store.find_duplicate({kAlice, "c2", "psst"}, 1'001));
  CHECK_FALSE(*store.find_duplicate({kAlice, "c1", "hello", kBob}, 1'001));
  CHECK_FALSE(*store.find_duplicate({kAlice, "c1", "hello there"}, 1'001));
  CHECK_FALSE(*store.find_duplicate({kAlice, "c2", "hello", kBob}, 1'001));
  CHECK_FALSE(*store.find_duplicate({kBob, "c1", "hello"}, 1'001));
  CHECK_FALSE(*store.find_duplicate({kAlice, "c", "1hello"}, 1'001));
}

TEMPLATE_TEST_CASE("without a client id the same words are two posts", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  scribe.post(kAlice, "good morning");
  REQUIRE(bench.store().append(scribe.take()));
  CHECK_FALSE(*bench.store().find_duplicate({kAlice, "", "good morning"}, 1'001));
}

TEMPLATE_TEST_CASE("the dedupe window ends", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  scribe.at(5'000);
  const auto id = scribe.post(kAlice, "hello", "c1");
  REQUIRE(bench.store().append(scribe.take()));
  auto& store = bench.store();
  const auto window = kTestWindow.count();
  CHECK(*store.find_duplicate({kAlice, "c1", "hello"}, 5'000 + window - 1) == id);
  CHECK_FALSE(*store.find_duplicate({kAlice, "c1", "hello"}, 5'000 + window));
  // A wall clock that jumped back does not make it narrower.
  CHECK(*store.find_duplicate({kAlice, "c1", "hello"}, 0) == id);

  // Nor wider: the newest record is a clock too.
  scribe.at(5'000 + window);
  const auto again = scribe.post(kBob, "later", "c2");
  REQUIRE(store.append(scribe.take()));
  CHECK_FALSE(*store.find_duplicate({kAlice, "c1", "hello"}, 0));
  bench.reopen();
  CHECK_FALSE(*bench.store().find_duplicate({kAlice, "c1", "hello"}, 0));
  CHECK(*bench.store().find_duplicate({kBob, "c2", "later"}, 0) == again);
}

TEMPLATE_TEST_CASE("a publish accepted again after the window opens a window of its own", "",
                   Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  scribe.post(kAlice, "hello", "c1");
  scribe.at(1'000 + 2 * kTestWindow.count());
  const auto again = scribe.post(kAlice, "hello", "c1");
  REQUIRE(bench.store().append(scribe.take()));
  CHECK(*bench.store().find_duplicate({kAlice, "c1", "hello"}, 0) == again);
}

TEMPLATE_TEST_CASE("of the records State is made of, the newest about each thing are replayed", "",
                   Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  const auto alice = scribe.created("alice");
  const auto bob = scribe.created("bob");
  scribe.bound(alice, "alice@example.org");
  scribe.released(alice, "alice@example.org");
  const auto bound = scribe.bound(bob, "alice@example.org");
  scribe.followed(alice, bob);
  scribe.left(alice, bob);
  scribe.direct(alice, bob, "psst");
  scribe.tracked(alice, "jazz");
  const auto tracked = scribe.tracked(alice, "sf");
  scribe.untracked(alice, "jazz");
  scribe.post(bob, "one");
  scribe.switched(alice, false);
  const auto on = scribe.switched(alice, true);
  const auto posted = scribe.post(bob, "two", "c1");
  scribe.closed(alice);
  const auto reopened = scribe.reopened(alice);
  const auto confirmed = scribe.confirmed(alice);
  REQUIRE(bench.store().append(scribe.take()));
  const Ids expected = {alice, bob, bound, tracked, on, posted, reopened, confirmed};
  CHECK(replayed_ids(bench.store()) == expected);
  bench.reopen();
  CHECK(replayed_ids(bench.store()) == expected);

  REQUIRE(bench.store().read_state({}, [&](const Record& record) {
    if (record.id() != posted) return;
    CHECK(record.post().ordinal() == 2);
    CHECK(record.post().text().empty());
    CHECK(record.post().client_id().empty());
  }));
}

TEMPLATE_TEST_CASE("state is read with accounts first, and what is said of one together", "",
                   Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  for (int i = 0; i < 3; ++i) {
    const RecordId account = scribe.created("someone" + std::to_string(i));
    for (RecordId each = 1; each <= account; ++each)
      if (each <= 3) scribe.tracked(each, "word" + std::to_string(i));
    REQUIRE(bench.store().append(scribe.take()));
  }
  const bool restarted = GENERATE(false, true);
  if (restarted) bench.reopen();
  std::vector<std::string> keys;
  REQUIRE(bench.store().read_state(
      {}, [&](const Record& record) { keys.push_back(state_change(record)->key); }));
  CHECK(keys.size() > 3);
  CHECK(std::ranges::is_sorted(keys));
}

TEMPLATE_TEST_CASE("in the pieces that state is read in, every record comes exactly once", "",
                   Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  Ids accounts, others;
  for (int i = 0; i < 9; ++i) accounts.push_back(scribe.created("someone" + std::to_string(i)));
  for (const AccountId account : accounts) {
    others.push_back(scribe.bound(account, std::to_string(account) + "@example.org"));
    others.push_back(scribe.tracked(account, "nyc"));
    others.push_back(scribe.tracked(account, "tea"));
    others.push_back(scribe.zone_set(account, "Europe/Berlin"));
    // The keys of what operators do begin with capitals, which stand before the accounts.
    others.push_back(scribe.suspended(account, "spam"));
    others.push_back(scribe.operator_named(account, false));
    others.push_back(scribe.renamed(account, "other" + std::to_string(account)));
  }
  others.push_back(scribe.domain_banned("evil.example", false));
  others.push_back(scribe.nick_reserved("admin", 0, false));
  others.push_back(scribe.registration_set(true));
  others.push_back(scribe.announced("We move."));
  others.push_back(scribe.audited("announce"));
  others.push_back(scribe.listeners_capped("nyc", 5));
  others.push_back(scribe.limit_changed("im.publishes", "", "3/s"));
  REQUIRE(bench.store().append(scribe.take()));
  const bool restarted = GENERATE(false, true);
  if (restarted) bench.reopen();
  CHECK(replayed_ids(bench.store(), {accounts_range()}) == accounts);
  for (const std::size_t pieces : {1, 2, 3, 4}) {
    CHECK(replayed_ids(bench.store(), state_pieces(accounts, pieces)) == others);
    CHECK(replayed_ids(bench.store(), state_pieces({}, pieces)) == others);
  }
}

TEMPLATE_TEST_CASE("what was changed is found nowhere as it was", "", Embedded, InMemory) {
  TestType bench;
  Scribe scribe;
  const RecordId kept = scribe.post(kAlice, "kept", "1");
  const RecordId gone = scribe.post(kAlice, "secret", "2");
  const bool in_one_batch = GENERATE(false, true);
  if (!in_one_batch) REQUIRE(bench.store().append(scribe.take()));
  const RecordId corrected = scribe.changed(kAlice, gone, "secret, too");
  const RecordId deleted = scribe.changed(kAlice, gone, "", corrected);
  REQUIRE(bench.store().append(scribe.take()));
  const bool restarted = GENERATE(false, true);
  if (restarted) bench.reopen();

  const auto log = *bench.store().read(0, kAll, kAll);
  REQUIRE(log.size() == deleted);
  CHECK(log[kept - 1]->post().text() == "kept");
  CHECK(log[gone - 1]->post().deleted());
  CHECK(log[gone - 1]->post().changed_by() == deleted);
  CHECK(log[corrected - 1]->changed().superseded_by() == deleted);
  for (const auto& record : log)
    CHECK(record->SerializeAsString().find("secret") == std::string::npos);
  // A sender who did not hear the answer sends it again.
  CHECK(bench.store().find_duplicate({kAlice, "2", "secret"}, 0) == std::optional(gone));
  CHECK_FALSE(*bench.store().find_duplicate({kAlice, "2", "secret, too"}, 0));
}

TEMPLATE_TEST_CASE("what an erased account wrote and was told is nowhere any more", "", Embedded,
                   InMemory) {
  TestType bench;
  Scribe scribe;
  const AccountId gone = scribe.created("gone");
  const AccountId stays = scribe.created("stays");
  scribe.bound(gone, "secret@example.org");
  scribe.tracked(gone, "secret");
  scribe.muted(gone, "secret");
  const RecordId post = scribe.post(gone, "a secret", "1");
  const RecordId to = scribe.direct(stays, gone, "the secret", "2");
  const RecordId by = scribe.direct(gone, stays, "my secret", "3");
  const RecordId other = scribe.post(stays, "nothing of that", "4");
  scribe.changed(gone, post, "a better secret");
  scribe.untracked(gone, "secret");
  scribe.mute_forgotten(gone, 5);
  scribe.released(gone, "secret@example.org");
  const RecordId end = scribe.erased(gone);
  REQUIRE(bench.store().append(scribe.take()));

  const auto told = [&] {
    std::string all;
    const auto log = *bench.store().read(0, kAll, kAll);
    for (const auto& record : log) all += record->SerializeAsString();
    return all;
  };
  CHECK(bench.store().to_erase() == end - gone);
  CHECK(told().find("secret") == std::string::npos);  // at once, for whoever reads
  const bool restarted = GENERATE(false, true);
  REQUIRE(bench.store().erase_some(3));
  if (restarted) bench.reopen();
  CHECK(bench.store().to_erase() == end - gone - 3);
  while (bench.store().to_erase() > 0) REQUIRE(bench.store().erase_some(4));
  CHECK(told().find("secret") == std::string::npos);
  const auto log = *bench.store().read(0, kAll, kAll);
  REQUIRE(log.size() == end);
  CHECK(log[post - 1]->post().deleted());
  CHECK(log[post - 1]->post().ordinal() == 1);
  CHECK(log[to - 1]->direct().deleted());
  CHECK(log[by - 1]->direct().deleted());
  CHECK(log[other - 1]->post().text() == "nothing of that");
  CHECK_FALSE(*bench.store().find_duplicate({gone, "1", "a secret"}, 0));
  CHECK_FALSE(*bench.store().find_duplicate({stays, "2", "the secret", gone}, 0));
  CHECK(*bench.store().find_duplicate({stays, "4", "nothing of that"}, 0) == other);
}

TEMPLATE_TEST_CASE("posts that are kept no longer have no text, but what caught them", "", Embedded,
                   InMemory) {
  TestType bench;
  Scribe scribe;
  const RecordId old = scribe.post(kAlice, "old", "1");
  const RecordId gone = scribe.post(kAlice, "gone", "2");
  const RecordId change = scribe.changed(kAlice, gone);
  const RecordId young = scribe.post(kAlice, "young", "3");
  REQUIRE(bench.store().append(scribe.take()));
  CHECK(bench.store().expired_to() == 0);
  REQUIRE(bench.store().expire(
      {.records = {{old, {"rain", "sun"}}, {gone, {"rain"}}, {change, {}}}, .to = change}));
  const bool restarted = GENERATE(false, true);
  if (restarted) bench.reopen();
  CHECK(bench.store().expired_to() == change);
  const auto log = *bench.store().read(0, kAll, kAll);
  CHECK(log[old - 1]->post().expired());
  CHECK(log[old - 1]->post().deleted());
  CHECK(log[old - 1]->post().text().empty());
  CHECK(log[old - 1]->post().caught_size() == 2);
  CHECK_FALSE(log[gone - 1]->post().expired());  // its author was first
  CHECK(log[change - 1]->changed().superseded_by() == change);
  CHECK(log[young - 1]->post().text() == "young");
  CHECK(bench.store().find_duplicate({kAlice, "1", "old"}, 0) == std::optional(old));
}

TEMPLATE_TEST_CASE("readers see a dense log up to its head while the writer goes on", "", Embedded,
                   InMemory) {
  constexpr RecordId kRecords = 2'000;
  TestType bench;
  auto& store = bench.store();
  std::atomic<bool> wrong{false};
  const auto follow_log = [&] {
    for (RecordId position = 0; position < kRecords && !wrong;) {
      const RecordId head = store.head();
      const auto records = store.read(position, 100, kAll);
      // What head() promised is there, and nothing is skipped.
      if (!records || (records->empty() && position < head)) wrong = true;
      if (!records) return;
      for (const auto& record : *records)
        if (record->id() != ++position) wrong = true;
      if (!store.find_duplicate({kAlice, std::to_string(position), "x"}, 0)) wrong = true;
      if (!store.read_directs(kBob, position, 10)) wrong = true;
    }
  };
  std::thread first(follow_log);
  std::thread second(follow_log);
  Scribe scribe;
  for (RecordId id = 0; id < kRecords;) {
    for (const auto end = id + 20; id < end; ++id) scribe.post(kAlice, "x", std::to_string(id + 1));
    if (!store.append(scribe.take())) wrong = true;
  }
  first.join();
  second.join();
  CHECK_FALSE(wrong);
}

}  // namespace bridge::backbone
