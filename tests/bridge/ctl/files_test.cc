// Key files, and lines from files and pipes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "bridge/ctl/keys.h"
#include "bridge/ctl/line_source.h"

namespace bridge::ctl {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "lapwing-ctl-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::vector<std::string> all_lines(const std::string& file) {
  auto lines = FdLines::open(file);
  REQUIRE(lines);
  std::vector<std::string> all;
  std::string line;
  for (;;) {
    switch (lines->next(line)) {
      case LineSource::Next::kLine:
        all.push_back(line);
        break;
      case LineSource::Next::kTooLong:
        all.push_back("(too long)");
        break;
      case LineSource::Next::kLater:
        break;
      case LineSource::Next::kEnd:
        CHECK(lines->fraction().value_or(1) == 1);
        return all;
    }
  }
}

TEST_CASE("a key pair is written for its owner alone, and never over another") {
  const Folder folder;
  const wire::KeyPair keys = wire::generate_keys();
  REQUIRE(write_keys(folder / "me", keys));
  CHECK((fs::status(folder / "me.secret").permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  const auto read = read_keys(folder / "me.secret");
  REQUIRE(read);
  CHECK(read->public_key == keys.public_key);
  CHECK(*read_public_key(folder / "me.public") == keys.public_key);
  CHECK(*read_public_key(keys.public_key) == keys.public_key);
  const auto again = write_keys(folder / "me", wire::generate_keys());
  REQUIRE_FALSE(again);
  CHECK(again.error().code == base::ErrorCode::kConflict);
  CHECK(read_keys(folder / "me.secret")->secret_key == keys.secret_key);
}

TEST_CASE("what is no key file is said") {
  const Folder folder;
  std::ofstream(folder / "bad") << "not a key\n";
  CHECK_FALSE(read_keys(folder / "bad"));
  CHECK_FALSE(read_keys(folder / "absent"));
  CHECK_FALSE(read_public_key(folder / "bad"));
}

TEST_CASE("lines of a file, with or without a newline at the end") {
  const Folder folder;
  std::ofstream(folder / "a") << "one\n\ntwo\r\nthree";
  CHECK(all_lines(folder / "a") == std::vector<std::string>{"one", "", "two\r", "three"});
  std::ofstream(folder / "b") << "";
  CHECK(all_lines(folder / "b").empty());
  CHECK_FALSE(FdLines::open(folder / "absent"));
  CHECK_FALSE(FdLines::open(folder / ""));
}

TEST_CASE("a line that is too long is skipped, those around it are not") {
  const Folder folder;
  const std::string longest(FdLines::kLineBytesMax, 'x');
  std::ofstream(folder / "a") << "one\n"
                              << longest << "\n"
                              << longest << longest << "xy\ntwo\n"
                              << longest << "x";
  const auto lines = all_lines(folder / "a");
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "one");
  CHECK(lines[1] == longest);
  CHECK(lines[2] == "(too long)");
  CHECK(lines[3] == "two");
  CHECK(lines[4] == "(too long)");
}

TEST_CASE("a pipe without a line is not waited for") {
  const Folder folder;
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int writer = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(writer >= 0);
  auto lines = FdLines::open(pipe);
  REQUIRE(lines);
  std::string line;
  CHECK(lines->next(line) == LineSource::Next::kLater);
  REQUIRE(::write(writer, "on", 2) == 2);
  CHECK(lines->next(line) == LineSource::Next::kLater);
  REQUIRE(::write(writer, "e\n", 2) == 2);
  CHECK(lines->next(line) == LineSource::Next::kLine);
  CHECK(line == "one");
  CHECK_FALSE(lines->fraction());
  ::close(writer);
  CHECK(lines->next(line) == LineSource::Next::kEnd);
}

}  // namespace
}  // namespace bridge::ctl
