// A directory that goes away with the test, and waiting on real sockets: events, not sleeps.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "bridge/wire/socket.h"

namespace bridge::wire::testing {

class TempDir {
 public:
  TempDir() {
    std::string path = (std::filesystem::temp_directory_path() / "lapwing.XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string ipc(const std::string& name) const { return "ipc://" + path(name); }
  const std::filesystem::path& root() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Tries until it holds, waking up whenever a socket has something; gives up after `limit`.
inline bool eventually(Poller& poller, const std::function<bool()>& holds,
                       std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poller.wait(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace bridge::wire::testing
