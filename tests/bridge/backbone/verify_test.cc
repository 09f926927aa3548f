// Backup, restore and verify: what a sound store looks like, and that planted damage is found.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "bridge/backbone/backup.h"
#include "bridge/backbone/keys.h"
#include "bridge/backbone/record_codec.h"
#include "tests/bridge/backbone/benches.h"
#include "tests/bridge/backbone/rocks_probe.h"
#include "tests/bridge/backbone/scribe.h"

namespace bridge::backbone {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

void quiet(std::string_view, std::uint64_t, std::uint64_t) {}

// Two people, follows, tracks, directs, a repeated publish, and one who is owed something.
struct Stores {
  explicit Stores(const std::string& path)
      : log(EmbeddedStore::open(small_store(path)).value()),
        cursors(EmbeddedCursorStore::open(path).value()) {
    write_story();
  }

  void write_story() {
    Scribe scribe(log->head());
    const auto alice = scribe.created("alice");
    const auto bob = scribe.created("bob");
    scribe.bound(alice, "alice@example.org");
    scribe.followed(bob, alice);
    scribe.tracked(bob, "rain");
    const auto direct = scribe.direct(alice, bob, "psst", "d1");
    scribe.post(alice, "hello", "c1");
    scribe.post(alice, "rain", "c2");
    scribe.untracked(bob, "rain");
    scribe.at(9'000);
    scribe.post(alice, "hello", "c1");  // again, after the window
    REQUIRE(log->append(scribe.take()));
    const CursorRow row{bob, false, {Cursor{.floor = direct - 1}, Cursor{.floor = direct}}};
    REQUIRE(cursors->checkpoint({.rows = {row}, .position = log->head() - 1}, true));
  }

  std::unique_ptr<EmbeddedStore> log;
  std::unique_ptr<EmbeddedCursorStore> cursors;
};

// A closed store with that story.
struct Closed {
  Closed() { Stores stores(folder.path()); }
  const std::string& path() const { return folder.path(); }
  EmbeddedOptions options() const { return small_store(path()); }
  VerifyReport verified() const { return verify(path(), quiet).value(); }
  // The one sentence about what is wrong.
  std::string fault() const {
    const auto report = verified();
    CHECK(report.faults == 1);
    return report.examples.empty() ? "" : report.examples.front();
  }
  TempFolder folder;
};

std::string record_bytes(RecordId id, base::WallMs time_ms) {
  Record record;
  record.set_id(id);
  record.set_time_ms(time_ms);
  record.mutable_account_closed()->set_account(1);
  std::string bytes;
  encode_record(record, bytes);
  return bytes;
}

// Labels the backup again, as if it had been made like this.
void label_again(const std::string& backup) {
  fs::remove(backup + "/BACKUP");
  REQUIRE(write_label(describe_backup(backup, 10, 77).value(), backup));
}

}  // namespace

TEST_CASE("a sound store has no faults") {
  const Closed store;
  const auto report = store.verified();
  CHECK(report.examples == std::vector<std::string>{});
  CHECK(report.head == 10);
  CHECK(report.posts == 3);
  CHECK(report.directs == 1);
  CHECK(report.accounts == 2);
  CHECK(report.direct_rows == 1);
  CHECK(report.dedupe_rows == 3);
  CHECK(report.cursor_rows == 1);
  CHECK(report.position == 9);
}

TEST_CASE("verify finds a row that is missing, in each index") {
  const Closed store;
  SECTION("state") {
    erase_row(store.options(), kState, "f" + be64(2) + be64(1));
    CHECK_THAT(store.fault(), Contains("Record 4 has no row in the index state"));
  }
  SECTION("dedupe") {
    erase_row(store.options(), kDedupe, dedupe_key({1, "c1", "hello"}));
    CHECK_THAT(store.fault(), Contains("Record 10 has no row in the index dedupe"));
  }
  SECTION("dedupe, too old to be asked for") {
    erase_row(store.options(), kDedupe, dedupe_key({1, "c2", "rain"}));
    CHECK(store.verified().faults == 0);
  }
  SECTION("directs") {
    erase_row(store.options(), kDirects, direct_key(2, 6));
    CHECK_THAT(store.fault(), Contains("Record 6 has no row in the index directs"));
  }
}

TEST_CASE("verify finds a row too many, in each index") {
  const Closed store;
  SECTION("state") {
    write_row(store.options(), kState, "t" + be64(2) + "rain", record_bytes(5, 1'000));
    CHECK_THAT(store.fault(), Contains("which the log does not imply"));
  }
  SECTION("dedupe") {
    write_row(store.options(), kDedupe, dedupe_key({1, "c3", "never"}), encode_dedupe({8, 1'000}));
    CHECK_THAT(store.fault(), Contains("a row for record 8 that the log does not imply"));
  }
  SECTION("directs") {
    write_row(store.options(), kDirects, direct_key(1, 6), "");
    CHECK_THAT(store.fault(), Contains("a row for record 6 that the log does not imply"));
  }
}

TEST_CASE("verify finds a row that says something else than the log") {
  const Closed store;
  SECTION("state") {
    write_row(store.options(), kState, "a" + be64(2), record_bytes(2, 1'000));
    CHECK_THAT(store.fault(), Contains("is not what record 2 implies"));
  }
  SECTION("dedupe names the older of two") {
    write_row(store.options(), kDedupe, dedupe_key({1, "c1", "hello"}), encode_dedupe({7, 1'000}));
    CHECK_THAT(store.fault(), Contains("row of record 10 in the index dedupe names record 7"));
  }
}

TEST_CASE("verify knows changed posts, and finds one that says what it said before") {
  const TempFolder folder;
  std::string before;
  {
    Stores stores(folder.path());
    Scribe more(stores.log->head());
    more.at(9'000);
    const RecordId said = more.post(1, "secret", "c9");
    const auto batch = more.take();
    encode_record(*batch.front(), before);
    REQUIRE(stores.log->append(batch));
    const RecordId corrected = more.changed(1, said, "better");
    more.changed(1, said, "", corrected);
    REQUIRE(stores.log->append(more.take()));
    CHECK(said == 11);
  }
  CHECK(verify(folder.path(), quiet).value().examples == std::vector<std::string>{});
  write_row(small_store(folder.path()), kLog, be64(11), before);
  CHECK_THAT(verify(folder.path(), quiet).value().examples.front(),
             Contains("Record 11 still says what record 12 has changed"));
}

TEST_CASE("verify finds records that are missing, unreadable or out of order") {
  const Closed store;
  SECTION("a gap") {
    erase_row(store.options(), kLog, be64(9));
    const auto report = store.verified();
    REQUIRE(report.faults >= 1);
    CHECK(report.examples.front() == "Record 9 is missing.");
  }
  SECTION("not a record") {
    write_row(store.options(), kLog, be64(9), "\x01\xff");
    CHECK_THAT(store.verified().examples.front(), Contains("Record 9") && Contains("damaged"));
  }
  SECTION("another record's place") {
    write_row(store.options(), kLog, be64(9), record_bytes(8, 1'000));
    CHECK(store.verified().examples.front() == "Record 9 says that it is 8.");
  }
  SECTION("time runs backwards") {
    write_row(store.options(), kLog, be64(11), record_bytes(11, 8'000));
    CHECK(store.verified().examples.front() == "Time runs backwards at record 11.");
  }
}

TEST_CASE("verify finds one flipped byte in a file") {
  const Closed store;
  flush(store.options());
  std::string file;
  for (const auto& entry : fs::directory_iterator(store.path() + "/log"))
    if (entry.path().extension() == ".sst" && holds(entry.path().string(), "psst"))
      file = entry.path().string();
  REQUIRE_FALSE(file.empty());
  flip_byte(file, "psst");
  CHECK(store.verified().faults >= 1);
  CHECK_THAT(store.verified().examples.front(), Contains("cannot be read"));
}

TEST_CASE("verify finds cursors of nobody and beyond the log") {
  const Closed store;
  const auto put = [&](AccountId account, RecordId floor, RecordId position) {
    const auto cursors = EmbeddedCursorStore::open(store.path()).value();
    const CursorRow row{account, false, {Cursor{.floor = floor}, Cursor{.floor = floor}}};
    REQUIRE(cursors->checkpoint({.rows = {row}, .position = position}, true));
  };
  SECTION("nobody's") {
    put(7, 3, 5);
    CHECK(store.fault() == "The cursors of account 7 are nobody's.");
  }
  SECTION("a row beyond the log") {
    put(1, 11, 5);
    CHECK_THAT(store.verified().examples.front(), Contains("account 1 lie beyond"));
  }
  SECTION("the position beyond the log") {
    put(1, 3, 11);
    CHECK_THAT(store.fault(), Contains("position 11 lies beyond"));
  }
}

TEST_CASE("a backup of stores that are in use is whole, and comes back as a store") {
  const TempFolder folder;
  const std::string backup = folder.path() + "/backup";
  const std::string target = folder.path() + "/restored";
  {
    Stores stores(folder.path() + "/data");
    const auto label = back_up(*stores.log, *stores.cursors, backup, 77);
    REQUIRE(label);
    CHECK(label->head == 10);
    CHECK(label->bytes() > 0);
    stores.write_story();  // not in the backup
    CHECK(back_up(*stores.log, *stores.cursors, backup, 78).error().code ==
          base::ErrorCode::kConflict);
    CHECK(back_up(*stores.log, *stores.cursors, "relative", 78).error().code ==
          base::ErrorCode::kBadRequest);
  }
  CHECK((fs::status(backup).permissions() & fs::perms::all) == fs::perms::owner_all);
  CHECK_FALSE(fs::exists(backup + ".tmp"));
  CHECK(read_label(backup).value().taken_ms == 77);
  CHECK(verify(backup, quiet).value().faults == 0);

  SECTION("restored") {
    REQUIRE(restore(backup, target, quiet).value().faults == 0);
    CHECK(EmbeddedStore::open(small_store(target)).value()->head() == 10);
    CHECK(EmbeddedCursorStore::open(target).value()->load([](const CursorRow&) {})->position == 9);
    CHECK(restore(backup, target, quiet).error().code == base::ErrorCode::kConflict);
  }
  SECTION("not when a file got lost") {
    fs::remove(backup + "/log/CURRENT");
    CHECK_THAT(restore(backup, target, quiet).error().text,
               Contains("not complete: log/CURRENT is not there"));
    CHECK_FALSE(fs::exists(target));
  }
  SECTION("not when it is no backup") {
    CHECK(restore(folder.path() + "/data", target, quiet).error().code ==
          base::ErrorCode::kBadRequest);
  }
  SECTION("not when a newer version made the log") {
    write_store_format(small_store(backup), "2");
    label_again(backup);
    CHECK_THAT(restore(backup, target, quiet).error().text, Contains("newer Lapwing"));
  }
  SECTION("not when a newer version made the cursors") {
    write_cursor_format(backup, "3");
    label_again(backup);
    CHECK_THAT(restore(backup, target, quiet).error().text, Contains("newer Lapwing"));
  }
  SECTION("nothing is left of a restore that found damage") {
    erase_row(small_store(backup), kDirects, direct_key(2, 6));
    label_again(backup);
    CHECK(restore(backup, target, quiet).value().faults == 1);
    CHECK(fs::is_empty(target));
  }
}

}  // namespace bridge::backbone
