// What every CursorStore does, run against each; and what only a power cut shows.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

#include "bridge/backbone/cursor_codec.h"
#include "tests/bridge/backbone/benches.h"

namespace bridge::backbone {
namespace {

using Rows = std::map<AccountId, Cursors>;

CursorRow row(AccountId account, Cursor directs, Cursor stream) {
  return {account, false, {std::move(directs), std::move(stream)}};
}
CursorRow clean(AccountId account) {
  return {account, true, {}};
}

struct Loaded {
  Rows rows;
  RecordId position = 0;
  std::vector<JobRow> jobs;
};
Loaded load(const CursorStore& store) {
  Loaded loaded;
  auto position = store.load([&](const CursorRow& row) {
    CHECK_FALSE(row.clean);
    loaded.rows[row.account] = row.cursors;
  });
  REQUIRE(position);
  loaded.position = position->position;
  loaded.jobs = position->jobs;
  return loaded;
}

}  // namespace

TEMPLATE_TEST_CASE("before the first checkpoint there is nothing", "", EmbeddedCursors,
                   InMemoryCursors) {
  TestType bench;
  CHECK(load(bench.store()).rows.empty());
  CHECK(load(bench.store()).position == 0);
}

TEMPLATE_TEST_CASE("checkpoints add up, and clean rows go away", "", EmbeddedCursors,
                   InMemoryCursors) {
  TestType bench;
  const auto alice = row(1, {.floor = 7, .done = {9, 12, 1'000'000}}, {.floor = 3});
  const auto bob = row(300, {}, {.floor = 5, .done = {6}});
  REQUIRE(bench.store().checkpoint({.rows = {alice, bob}, .position = 12}, false));
  const auto moved = row(1, {.floor = 12}, {.floor = ~RecordId{0} - 1, .done = {~RecordId{0}}});
  REQUIRE(bench.store().checkpoint({.rows = {moved, clean(300), clean(4)}, .position = 20},
                                   GENERATE(false, true)));
  const bool restarted = GENERATE(false, true);
  if (restarted) bench.reopen();
  const auto loaded = load(bench.store());
  CHECK(loaded.position == 20);
  CHECK(loaded.rows == Rows{{1, moved.cursors}});
}

TEMPLATE_TEST_CASE("a checkpoint holds all the jobs there are", "", EmbeddedCursors,
                   InMemoryCursors) {
  TestType bench;
  const JobRow job{.post = 5, .lists = {"nyc"}, .reached = 3};
  const JobRow later{.post = 6, .lists = {"", "rain"}, .at = 1, .exempt = {1}};
  REQUIRE(bench.store().checkpoint({.jobs = {job, later}, .position = 6}, false));
  if (GENERATE(false, true)) bench.reopen();
  CHECK(load(bench.store()).jobs == std::vector{job, later});
  REQUIRE(bench.store().checkpoint({.jobs = {later}, .position = 7}, false));
  CHECK(load(bench.store()).jobs == std::vector{later});
  REQUIRE(bench.store().checkpoint({.position = 8}, false));
  CHECK(load(bench.store()).jobs.empty());
}

TEMPLATE_TEST_CASE("a checkpoint without rows moves the position", "", EmbeddedCursors,
                   InMemoryCursors) {
  TestType bench;
  REQUIRE(bench.store().checkpoint({.position = 5}, false));
  REQUIRE(bench.store().checkpoint({.position = 9}, false));
  bench.reopen();
  CHECK(load(bench.store()).position == 9);
}

TEST_CASE("a power cut takes unsynced checkpoints, newest first") {
  MemoryCursorStore store;
  REQUIRE(store.checkpoint({.rows = {row(1, {.floor = 1}, {})}, .position = 1}, true));
  REQUIRE(store.checkpoint({.rows = {row(1, {.floor = 2}, {})}, .position = 2}, false));
  REQUIRE(store.checkpoint({.rows = {clean(1), row(2, {.floor = 3}, {})}, .position = 3}, false));
  CHECK(store.unsynced() == 2);
  const auto kept = GENERATE(0u, 1u, 2u, 99u);
  store.crash(kept);
  const auto loaded = load(store);
  CHECK(loaded.position == 1 + std::min(kept, 2u));
  CHECK(loaded.rows.contains(1) == (kept < 2));
  CHECK(loaded.rows.contains(2) == (kept >= 2));
  CHECK(store.unsynced() == 0);
}

TEST_CASE("a synced checkpoint survives any crash") {
  MemoryCursorStore store;
  REQUIRE(store.checkpoint({.rows = {row(1, {.floor = 2}, {})}, .position = 2}, false));
  REQUIRE(store.checkpoint({.rows = {row(3, {.floor = 3}, {})}, .position = 3}, true));
  store.crash(0);
  CHECK(load(store).position == 3);
  CHECK(load(store).rows.size() == 2);
}

TEST_CASE("what a memory of unsynced checkpoints cannot hold counts as durable") {
  MemoryCursorStore store;
  for (RecordId id = 1; id <= MemoryCursorStore::kUnsyncedMax + 5; ++id)
    REQUIRE(store.checkpoint({.position = id}, false));
  CHECK(store.unsynced() == MemoryCursorStore::kUnsyncedMax);
  store.crash(0);
  CHECK(load(store).position == 5);
}

TEST_CASE("a full disk refuses a checkpoint whole") {
  MemoryCursorStore store;
  store.fill_disk();
  const auto refused = store.checkpoint({.rows = {row(1, {.floor = 2}, {})}, .position = 2}, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == base::ErrorCode::kUnavailable);
  CHECK(load(store).rows.empty());
  store.free_disk();
  CHECK(store.checkpoint({.position = 2}, false));
}

TEST_CASE("cursors survive their encoding, whatever they are") {
  CHECK(rc::check([](std::vector<std::vector<RecordId>> distances, std::vector<RecordId> floors) {
    Cursors cursors;
    for (std::size_t i = 0; i < cursors.size(); ++i) {
      cursors[i].floor = i < floors.size() ? floors[i] >> 1 : 0;
      RecordId id = cursors[i].floor;
      if (i < distances.size())
        for (const auto distance : distances[i])
          cursors[i].done.push_back(id += (distance >> 24) + 1);
    }
    if (distances.size() > 2)
      for (RecordId id = 0; const auto distance : distances[2])
        cursors[distance % 2].again.push_back(id += (distance >> 24) + 1);
    RC_ASSERT(decode_cursors(encode_cursors(cursors)) == Waiting{cursors});
  }));
}

TEST_CASE("damaged cursors are nothing, and never a crash") {
  CHECK_FALSE(decode_cursors(""));
  CHECK_FALSE(decode_cursors(std::string(11, '\xFF')));
  CHECK_FALSE(decode_cursors(encode_cursors({}) + "x"));
  CHECK(rc::check([](const std::string& bytes) { (void)decode_cursors(bytes); }));
}

}  // namespace bridge::backbone
