// A full disk: refused with a reason, nothing acknowledged lost, and on again when there is room.
#include <sys/mount.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "tests/bridge/backbone/benches.h"
#include "tests/bridge/backbone/scribe.h"

namespace bridge::backbone {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// A file system of 24 MB in a folder, where the process may mount one.
class SmallDisk {
 public:
  SmallDisk() { mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, "size=24m") == 0; }
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const std::string& path() const { return folder_.path(); }

  // Takes all but `bytes` of the room that is left.
  void fill_up_to(std::uintmax_t bytes) const {
    const auto room = std::filesystem::space(path()).available;
    std::ofstream(filler()) << std::string(room > bytes ? room - bytes : 0, 'x');
  }
  void make_room() const { std::filesystem::remove(filler()); }

 private:
  std::string filler() const { return path() + "/filler"; }

  TempFolder folder_;
  bool mounted_ = false;
};

// A long post that compression makes no shorter: rewriting it needs as much room again.
void append_one(Scribe& scribe) {
  static std::mt19937 random(1);
  std::string noise(8'000, '\0');
  for (auto& byte : noise) byte = static_cast<char>(random());
  scribe.post(1, noise, "c");
}

}  // namespace

TEST_CASE("a full disk in memory: refused, resumed") {
  MemoryStore store;
  Scribe scribe;
  append_one(scribe);
  REQUIRE(store.append(scribe.take()));
  store.fill_disk();
  append_one(scribe);
  const auto batch = scribe.take();
  CHECK(store.append(batch).error().code == base::ErrorCode::kUnavailable);
  CHECK(store.head() == 1);
  CHECK_FALSE(store.resume());
  store.free_disk();
  CHECK_FALSE(store.append(batch));
  REQUIRE(store.resume());
  REQUIRE(store.append(batch));
  CHECK(store.head() == 2);
}

TEST_CASE("a refused batch may still be on the disk when the process dies") {
  MemoryStore store;
  Scribe scribe;
  append_one(scribe);
  store.fill_disk(RefusedBatch::kOnDisk);
  REQUIRE_FALSE(store.append(scribe.take()));
  CHECK(store.head() == 0);
  SECTION("a crash brings it back") {
    store.crash();
    CHECK(store.head() == 1);
  }
  SECTION("but not after a resume") {
    store.free_disk();
    REQUIRE(store.resume());
    store.crash();
    CHECK(store.head() == 0);
  }
}

TEST_CASE("a full disk: refused with a reason, nothing lost, resumed when there is room") {
  SmallDisk disk;
  if (!disk.mounted()) {
    WARN("skipped: this process may not mount a small file system");
    return;
  }
  auto store = EmbeddedStore::open(small_store(disk.path())).value();
  Scribe scribe;
  append_one(scribe);
  REQUIRE(store->append(scribe.take()));

  disk.fill_up_to(200'000);
  Batch batch;
  base::Result<void> appended;
  for (int i = 0; appended && i < 10'000; ++i) {
    append_one(scribe);
    batch = scribe.take();
    appended = store->append(batch);
  }
  REQUIRE_FALSE(appended);
  CHECK(appended.error().code == base::ErrorCode::kUnavailable);
  CHECK_THAT(appended.error().text, Catch::Matchers::Contains("No space left on device"));
  const auto head = store->head();
  CHECK(batch.front()->id() == head + 1);
  CHECK(store->read(0, kAll, kAll)->size() == head);

  // Still full: asking again changes nothing, and neither does trying again.
  for (int i = 0; i < 3; ++i) {
    (void)store->resume();
    CHECK_FALSE(store->append(batch));
    CHECK(store->head() == head);
  }

  SECTION("resumed in place") {
    disk.make_room();
    REQUIRE(store->resume());
    REQUIRE(store->append(batch));
  }
  SECTION("or reopened") {
    store.reset();
    disk.make_room();
    store = EmbeddedStore::open(small_store(disk.path())).value();
    REQUIRE(store->head() == head);
    REQUIRE(store->append(batch));
  }
  CHECK(store->head() == head + 1);
  store.reset();
  store = EmbeddedStore::open(small_store(disk.path())).value();
  const auto records = store->read(0, kAll, kAll).value();
  CHECK(records.size() == head + 1);
  CHECK(store->head() == head + 1);
}

TEST_CASE("full disk under the cursors: refused whole, and on again by itself") {
  SmallDisk disk;
  if (!disk.mounted()) {
    WARN("skipped: this process may not mount a small file system");
    return;
  }
  const auto store = EmbeddedCursorStore::open(disk.path()).value();
  std::mt19937_64 random(1);
  const auto rows_at = [&](RecordId id) {
    std::vector<CursorRow> rows;
    for (AccountId account = id * 100; account < id * 100 + 100; ++account) {
      Cursor stream{.floor = id};
      // Far apart and never the same, so that neither compression nor a flush gains anything.
      for (int i = 0; i < 64; ++i)
        stream.done.push_back((i ? stream.done.back() : id) + 1 + (random() >> 10));
      rows.push_back({account, false, {Cursor{.floor = id}, std::move(stream)}});
    }
    return rows;
  };
  REQUIRE(store->checkpoint({.rows = rows_at(1), .position = 1}, true));
  disk.fill_up_to(200'000);
  RecordId position = 1;
  while (position < 1'000 &&
         store->checkpoint({.rows = rows_at(position + 1), .position = position + 1}, false))
    ++position;
  REQUIRE(position < 1'000);
  const auto rows_in_store = [&] {
    RecordId rows = 0;
    CHECK(store->load([&](const CursorRow&) { ++rows; })->position == position);
    return rows;
  };
  CHECK(rows_in_store() == position * 100);
  disk.make_room();
  ++position;
  REQUIRE(store->checkpoint({.rows = rows_at(position), .position = position}, false));
  CHECK(rows_in_store() == position * 100);
}

}  // namespace bridge::backbone
