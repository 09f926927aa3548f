// kill -9 in the middle of appends: what was acknowledged is there, and the indexes agree with it.
//
// The one who dies is this program again, running the hidden case below on a folder given to it.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>

#include "tests/bridge/backbone/benches.h"
#include "tests/bridge/backbone/scribe.h"

extern char** environ;

namespace bridge::backbone {
namespace {

constexpr const char* kFolderVariable = "LAPWING_TEST_APPENDER_FOLDER";
constexpr const char* kAppenderCase = "appends until it is killed";
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr AccountId kAccounts = 5;

// What record n says follows from n, so that the survivors can be checked without being told.
void write_numbered(Scribe& scribe, RecordId id) {
  const AccountId author = 1 + id % kAccounts;
  const std::string text = "text " + std::to_string(id);
  if (id % 3 == 0)
    scribe.direct(author, 1 + id % 7 % kAccounts, text, std::to_string(id));
  else if (id % 7 == 1)
    scribe.tracked(author, text);
  else
    scribe.post(author, text, std::to_string(id));
}

// The child: stdout is the pipe of acknowledged ids.
[[noreturn]] void append_for_ever(const std::string& folder) {
  const auto store = EmbeddedStore::open(small_store(folder)).value();
  std::mt19937 random(static_cast<unsigned>(::getpid()));
  RecordId head = store->head();
  Scribe scribe(head);
  for (;;) {
    for (auto count = 1 + random() % 40; count > 0; --count) write_numbered(scribe, ++head);
    if (!store->append(scribe.take())) std::abort();
    if (::write(STDOUT_FILENO, &head, sizeof head) != sizeof head) std::exit(1);
  }
}

class Appender {
 public:
  explicit Appender(const std::string& folder) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    acknowledged_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    ::setenv(kFolderVariable, folder.c_str(), 1);
    std::string program = "/proc/self/exe";
    std::string name = kAppenderCase;
    std::array<char*, 3> arguments = {program.data(), name.data(), nullptr};
    const int failed =
        ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::unsetenv(kFolderVariable);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    REQUIRE(failed == 0);
  }
  ~Appender() {
    if (pid_ > 0) kill();
    ::close(acknowledged_);
  }

  // The newest acknowledged id; 0 when the child is gone.
  RecordId next_acknowledged() {
    RecordId id = 0;
    return ::read(acknowledged_, &id, sizeof id) == sizeof id ? id : 0;
  }

  // Returns the newest id it acknowledged before it died.
  RecordId kill() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
    RecordId newest = 0;
    while (const RecordId id = next_acknowledged()) newest = id;
    return newest;
  }

 private:
  pid_t pid_ = 0;
  int acknowledged_ = -1;
};

void check_indexes(const Store& store) {
  std::map<AccountId, std::vector<RecordId>> directs;
  std::map<std::string, RecordId> newest_about;
  RecordId next = 1;
  while (next <= store.head()) {
    const auto records = store.read(next - 1, 1'000, kAll).value();
    REQUIRE_FALSE(records.empty());
    for (const auto& record : records) {
      REQUIRE(record->id() == next++);
      const auto text = "text " + std::to_string(record->id());
      if (record->has_direct()) {
        REQUIRE(record->direct().text() == text);
        directs[record->direct().recipient()].push_back(record->id());
        REQUIRE(*store.find_duplicate({record->direct().author(), std::to_string(record->id()),
                                       text, record->direct().recipient()},
                                      1'000) == record->id());
      } else if (record->has_post()) {
        REQUIRE(record->post().text() == text);
        newest_about["post " + std::to_string(record->post().author())] = record->id();
        REQUIRE(*store.find_duplicate({record->post().author(), std::to_string(record->id()), text},
                                      1'000) == record->id());
      } else {
        newest_about[text] = record->id();
      }
    }
  }
  for (AccountId account = 1; account <= kAccounts; ++account)
    CHECK(*store.read_directs(account, 0, kAll) == directs[account]);
  std::vector<RecordId> expected;
  for (const auto& [about, id] : newest_about) expected.push_back(id);
  std::ranges::sort(expected);
  std::vector<RecordId> replayed;
  REQUIRE(store.read_state({}, [&](const Record& record) { replayed.push_back(record.id()); }));
  std::ranges::sort(replayed);
  CHECK(replayed == expected);
}

}  // namespace

TEST_CASE("appends until it is killed", "[.]") {
  if (const char* folder = std::getenv(kFolderVariable)) append_for_ever(folder);
}

TEST_CASE("a killed process loses nothing it acknowledged") {
  TempFolder folder;
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  RecordId acknowledged = 0;
  for (int round = 0; round < 5; ++round) {
    {
      Appender appender(folder.path());
      for (auto count = 1 + random() % 200; count > 0; --count) {
        const auto id = appender.next_acknowledged();
        REQUIRE(id > acknowledged);
        acknowledged = id;
      }
      acknowledged = std::max(acknowledged, appender.kill());
    }
    const auto store = EmbeddedStore::open(small_store(folder.path())).value();
    REQUIRE(store->head() >= acknowledged);
    // At most the one batch that was on its way.
    CHECK(store->head() <= acknowledged + 40);
    check_indexes(*store);
    acknowledged = store->head();
  }
}

}  // namespace bridge::backbone
