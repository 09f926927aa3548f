// Who is signed in, for how long, and after a restart.
#include "gateway/web/session/session_table.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "gateway/web/session/file_journal.h"

namespace gateway::web {
namespace {

using bridge::base::WallMs;

constexpr WallMs kNow = 1'795'768'000'000;
constexpr WallMs kDay = 24 * 3600 * 1000LL;

const SignedIn kAlice{"Alice", 7, "Firefox on Linux"};

struct SessionsStory {
  MemoryJournal journal;
  SessionTable sessions{{}, journal};
};

TEST_CASE("whoever brings the cookie of a session is its owner, nobody else") {
  SessionsStory story;
  const std::string token = *story.sessions.open(kAlice, kNow);
  CHECK(token.size() == 43);
  REQUIRE(story.sessions.find(token, kNow));
  CHECK(story.sessions.find(token, kNow)->nick == "Alice");
  CHECK(story.sessions.find(token + "A", kNow) == nullptr);
  CHECK(story.sessions.find("", kNow) == nullptr);
  CHECK(story.sessions.find(story.sessions.find(token, kNow)->id(), kNow) == nullptr);
}

TEST_CASE("every sign-in has a token of its own") {
  SessionsStory story;
  const std::string first = *story.sessions.open(kAlice, kNow);
  const std::string second = *story.sessions.open(kAlice, kNow);
  CHECK(first != second);
  CHECK(csrf_of(first) != csrf_of(second));
  CHECK(csrf_of(first) == csrf_of(first));
}

TEST_CASE("a session that was ended is over") {
  SessionsStory story;
  const std::string token = *story.sessions.open(kAlice, kNow);
  story.sessions.end(token);
  CHECK(story.sessions.find(token, kNow) == nullptr);
  CHECK(story.sessions.size() == 0);
}

TEST_CASE("unused for thirty days it is over, and after half a year in any case") {
  SessionsStory story;
  const std::string unused = *story.sessions.open(kAlice, kNow);
  CHECK(story.sessions.find(unused, kNow + 30 * kDay - 1));
  CHECK(story.sessions.find(unused, kNow + 60 * kDay) == nullptr);
  const std::string used = *story.sessions.open(kAlice, kNow);
  for (WallMs day = 0; day < 180; ++day) CHECK(story.sessions.find(used, kNow + day * kDay));
  CHECK(story.sessions.find(used, kNow + 180 * kDay) == nullptr);
}

TEST_CASE("a person can end each of their own sessions, and all of them, but nobody else's") {
  SessionsStory story;
  const std::string here = *story.sessions.open(kAlice, kNow);
  const std::string there = *story.sessions.open(kAlice, kNow + 1);
  const std::string bobs = *story.sessions.open({"bob", 8, ""}, kNow);
  const auto list = story.sessions.of("alice", kNow);
  REQUIRE(list.size() == 2);
  CHECK(list[0].created_ms == kNow + 1);  // the newest first
  CHECK_FALSE(story.sessions.end_of("bob", list[0].id()));
  CHECK(story.sessions.end_of("ALICE", list[0].id()));
  CHECK(story.sessions.find(there, kNow) == nullptr);
  CHECK(story.sessions.find(here, kNow));
  CHECK(story.sessions.end_all_of("alice") == 1);
  CHECK(story.sessions.find(here, kNow) == nullptr);
  CHECK(story.sessions.find(bobs, kNow));
}

TEST_CASE("a person's twenty-first session takes the place of the one longest unused") {
  SessionsStory story;
  std::vector<std::string> tokens;
  for (int i = 0; i < 20; ++i) tokens.push_back(*story.sessions.open(kAlice, kNow + i));
  CHECK(story.sessions.find(tokens[0], kNow + kDay));  // used again
  tokens.push_back(*story.sessions.open(kAlice, kNow + kDay));
  CHECK(story.sessions.size() == 20);
  CHECK(story.sessions.find(tokens[0], kNow + kDay));
  CHECK(story.sessions.find(tokens[1], kNow + kDay) == nullptr);
}

TEST_CASE("at the bound of sessions nobody is thrown out, and nobody comes in") {
  MemoryJournal journal;
  SessionTable sessions({.sessions_max = 2}, journal);
  const std::string first = *sessions.open({"a", 1, ""}, kNow);
  CHECK(sessions.open({"b", 2, ""}, kNow + kDay).has_value());
  CHECK(sessions.open({"c", 3, ""}, kNow + kDay).error().code == bridge::base::ErrorCode::kBusy);
  CHECK(sessions.find(first, kNow + kDay));
  // Those that are over make room.
  CHECK(sessions.open({"c", 3, ""}, kNow + 60 * kDay).has_value());
}

TEST_CASE("a restart finds the same sessions, less those that ended") {
  MemoryJournal journal;
  std::string kept, ended, old;
  {
    SessionTable sessions({}, journal);
    old = *sessions.open({"old", 1, ""}, kNow - 40 * kDay);
    kept = *sessions.open(kAlice, kNow);
    ended = *sessions.open(kAlice, kNow);
    sessions.end(ended);
    CHECK(sessions.find(kept, kNow + kDay));
  }
  SessionTable sessions({}, journal);
  REQUIRE(sessions.load(kNow + kDay).has_value());
  REQUIRE(sessions.find(kept, kNow + kDay));
  CHECK(sessions.find(kept, kNow + kDay)->agent == "Firefox on Linux");
  CHECK(sessions.find(kept, kNow + kDay)->seen_ms == kNow + kDay);
  CHECK(sessions.find(ended, kNow + kDay) == nullptr);
  CHECK(sessions.size() == 1);
  CHECK(sessions.of("alice", kNow).size() == 1);
}

TEST_CASE("the journal holds no token, and does not grow with visits") {
  SessionsStory story;
  const std::string token = *story.sessions.open(kAlice, kNow);
  for (WallMs minute = 0; minute < 100'000; minute += 30)
    CHECK(story.sessions.find(token, kNow + minute * 60'000 % (29 * kDay) + minute));
  CHECK(story.journal.lines() < 1100);
  const auto lines = story.journal.read();
  for (const std::string& line : *lines) CHECK(line.find(token) == std::string::npos);
}

class TemporaryFile {
 public:
  TemporaryFile() {
    std::string name = std::filesystem::temp_directory_path() / "lapwing-sessions-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFile() { std::filesystem::remove_all(path_); }
  std::filesystem::path path() const { return path_ / "sessions"; }

 private:
  std::filesystem::path path_;
};

TEST_CASE("the file is its owner's alone, and a line cut short by a crash is left out") {
  const TemporaryFile file;
  {
    const auto journal = *FileJournal::open(file.path());
    journal->append("+ one", false);
    journal->append("+ two", true);
  }
  struct stat status {};
  REQUIRE(::stat(file.path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  std::ofstream(file.path(), std::ios::app) << "+ thr";
  const auto journal = *FileJournal::open(file.path());
  CHECK(*journal->read() == std::vector<std::string>{"+ one", "+ two"});
  journal->append("- one", false);
  CHECK(*journal->read() == std::vector<std::string>{"+ one", "+ two", "- one"});
  CHECK(journal->lines() == 3);
  journal->replace({"+ two"});
  journal->append("+ four", false);
  CHECK(*(*FileJournal::open(file.path()))->read() == std::vector<std::string>{"+ two", "+ four"});
}

TEST_CASE("a file that cannot be opened says why") {
  const auto journal = FileJournal::open("/nonexistent/sessions");
  REQUIRE_FALSE(journal.has_value());
  CHECK(journal.error().text.find("/nonexistent/sessions") != std::string::npos);
}

}  // namespace
}  // namespace gateway::web
