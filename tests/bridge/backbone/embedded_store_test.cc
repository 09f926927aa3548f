// What only a store on disk has: versions, the lock, damaged and foreign folders, its own log.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/bridge/backbone/benches.h"
#include "tests/bridge/backbone/rocks_probe.h"
#include "tests/bridge/backbone/scribe.h"

namespace bridge::backbone {
namespace {

using Catch::Matchers::Contains;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

base::Error refusal(const EmbeddedOptions& options) {
  const auto store = EmbeddedStore::open(options);
  REQUIRE_FALSE(store);
  return store.error();
}

}  // namespace

TEST_CASE("a store of a newer version is refused and left alone") {
  TempFolder folder;
  const auto options = small_store(folder.path());
  Scribe scribe;
  scribe.post(1, "hello");
  REQUIRE(EmbeddedStore::open(options).value()->append(scribe.take()));
  write_store_format(options, "2");
  CHECK_THAT(refusal(options).text,
             Contains("this store was written by a newer Lapwing (format 2, this one knows 1): use "
                      "that version or restore a backup."));

  SECTION("also when it has column families this version never heard of") {
    add_unknown_column(options);
    CHECK_THAT(refusal(options).text, Contains("format 2, this one knows 1"));
  }
  SECTION("and the newer version still finds everything") {
    write_store_format(options, "1");
    CHECK(EmbeddedStore::open(options).value()->head() == 1);
  }
}

TEST_CASE("cursors of the version before are read, and then written as ours") {
  TempFolder folder;
  REQUIRE(EmbeddedCursorStore::open(folder.path()));
  write_cursor_format(folder.path(), "1");
  REQUIRE(EmbeddedCursorStore::open(folder.path()));
  REQUIRE(EmbeddedCursorStore::open(folder.path()));
}

TEST_CASE("cursors of a newer version are refused") {
  TempFolder folder;
  REQUIRE(EmbeddedCursorStore::open(folder.path()));
  write_cursor_format(folder.path(), "3");
  const auto store = EmbeddedCursorStore::open(folder.path());
  REQUIRE_FALSE(store);
  CHECK_THAT(store.error().text, Contains("format 3, this one knows 2"));
}

TEST_CASE("a store in use is refused to a second opener") {
  TempFolder folder;
  const auto first = EmbeddedStore::open(small_store(folder.path()));
  REQUIRE(first);
  const auto error = refusal(small_store(folder.path()));
  CHECK(error.code == base::ErrorCode::kConflict);
  CHECK_THAT(error.text, Contains("is in use by another process"));

  const auto cursors = EmbeddedCursorStore::open(folder.path());
  REQUIRE(cursors);
  CHECK(EmbeddedCursorStore::open(folder.path()).error().code == base::ErrorCode::kConflict);
}

TEST_CASE("a folder that cannot be made is an error with its name") {
  TempFolder folder;
  std::ofstream(folder.path() + "/file") << "not a folder";
  CHECK_THAT(refusal(small_store(folder.path() + "/file")).text, Contains("/file/log"));
}

TEST_CASE("the store's folders are nobody else's to read") {
  TempFolder folder;
  REQUIRE(EmbeddedStore::open(small_store(folder.path() + "/new")));
  const auto mode = std::filesystem::status(folder.path() + "/new/log").permissions();
  CHECK((mode & ~std::filesystem::perms::owner_all) == std::filesystem::perms::none);
}

TEST_CASE("compaction drops expired dedupe entries and no others") {
  TempFolder folder;
  const auto options = small_store(folder.path());
  Scribe scribe;
  scribe.at(1'000);
  scribe.post(1, "old", "c1");
  scribe.at(1'500);
  scribe.post(1, "young", "c2");
  scribe.direct(1, 2, "young too", "c3");
  REQUIRE(EmbeddedStore::open(options).value()->append(scribe.take()));
  CHECK(compacted_dedupe_entries(options, 1'500) == 3);
  CHECK(compacted_dedupe_entries(options, 1'000 + kTestWindow.count()) == 2);
  CHECK(compacted_dedupe_entries(options, 1'500 + kTestWindow.count()) == 0);
  const auto store = EmbeddedStore::open(options).value();
  CHECK_FALSE(*store->find_duplicate({1, "c2", "young"}, 1'500));
  CHECK(store->head() == 3);
}

TEST_CASE("the log keeps its order over many flushes and compactions") {
  Embedded bench;
  Scribe scribe;
  const std::string text(4'000, 'x');
  for (int batch = 0; batch < 40; ++batch) {
    for (int i = 0; i < 50; ++i) scribe.post(1 + i % 3, text + std::to_string(i), "c");
    scribe.direct(1, 2, text);
    REQUIRE(bench.store().append(scribe.take()));
  }
  bench.reopen();
  RecordId next = 1;
  for (RecordId after = 0; after < bench.store().head();) {
    const auto records = bench.store().read(after, 100, 1 << 20).value();
    REQUIRE_FALSE(records.empty());
    for (const auto& record : records) REQUIRE(record->id() == next++);
    after = records.back()->id();
  }
  CHECK(next == 40 * 51 + 1);
  CHECK(bench.store().read_directs(2, 0, kAll)->size() == 40);
}

TEST_CASE("RocksDB writes no log file of its own") {
  TempFolder folder;
  REQUIRE(EmbeddedStore::open(small_store(folder.path())));
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/log/LOG"));
}

}  // namespace bridge::backbone
