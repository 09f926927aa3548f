// The bridge's configuration file: the commented one is complete and says the defaults.
#include "bridge/config.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using bridge::load_config;

// A file that goes away with the test.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) {
    std::string name = std::filesystem::temp_directory_path() / "lapwing-config.XXXXXX";
    const int fd = ::mkstemp(name.data());
    REQUIRE(fd >= 0);
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST_CASE("the commented configuration is accepted and says the defaults") {
  const auto loaded = load_config(LAPWING_CONF "/bridge.toml");
  CHECK(loaded.problems == std::vector<std::string>{});
  const auto defaults = bridge::default_config();
  CHECK(loaded.config.store.path == defaults.store.path);
  CHECK(loaded.config.store.dedupe_window == defaults.store.dedupe_window);
  CHECK(loaded.config.store.retention == defaults.store.retention);
  CHECK(loaded.config.store.write_buffer_bytes == defaults.store.write_buffer_bytes);
  for (std::size_t i = 0; i < bridge::state::kLanes; ++i) {
    const auto& read = loaded.config.lanes[i];
    const auto& expected = defaults.lanes[i];
    CHECK(read.router.endpoint == expected.router.endpoint);
    CHECK(read.router.ipc_mode == expected.router.ipc_mode);
    CHECK(read.lane.ping_after == expected.lane.ping_after);
    CHECK(read.lane.silence_max == expected.lane.silence_max);
    CHECK(read.lane.sessions_max == expected.lane.sessions_max);
    CHECK(read.nice == expected.nice);
  }
  for (const bridge::limits::Entry& entry : bridge::limits::table()) {
    const auto& said = loaded.config.limits[static_cast<std::size_t>(entry.limit)];
    INFO(entry.name);
    REQUIRE(said);  // every one stands in the file
    CHECK(said->text == bridge::limits::standard(entry).text);
  }
  CHECK_FALSE(loaded.config.no_isolation);
  CHECK(loaded.config.fanout.checkpoint_every == defaults.fanout.checkpoint_every);
  CHECK(loaded.config.fanout.fanout.late_after == defaults.fanout.fanout.late_after);
  CHECK(loaded.config.rules.post_bytes_max == defaults.rules.post_bytes_max);
  CHECK(loaded.config.rules.post_characters_max == defaults.rules.post_characters_max);
  CHECK(loaded.config.rules.directs_from_anybody == defaults.rules.directs_from_anybody);
  CHECK(loaded.config.rules.tracks_per_person == defaults.rules.tracks_per_person);
  CHECK(loaded.config.rules.follows_per_person == defaults.rules.follows_per_person);
  CHECK(loaded.config.rules.accounts_max == defaults.rules.accounts_max);
}

TEST_CASE("every problem is told at once, with its key") {
  const ConfigFile file(R"(
[store]
path = "/tmp/x"
dedupe_windw = "1d"
[lane.im]
endpoint = "http://x"
[[lane.im.client]]
key = "short"
[deliveries]
per_person = "many"
[log]
level = "loud"
)");
  const auto loaded = load_config(file.path());
  std::string all;
  for (const auto& problem : loaded.problems) all += problem + "\n";
  for (const char* key :
       {"store.dedupe_windw", "lane.im.endpoint", "key", "deliveries.per_person", "log.level"})
    CHECK_THAT(all, Catch::Contains(key));
  CHECK(loaded.problems.size() == 5);
}

TEST_CASE("a file that is not there is one clear problem") {
  CHECK(load_config("/nowhere/bridge.toml").problems.size() == 1);
}

}  // namespace
