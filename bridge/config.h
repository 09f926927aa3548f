// The bridge's configuration: what conf/bridge.toml explains, as a plain struct with the defaults.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "bridge/base/log.h"
#include "bridge/base/result.h"
#include "bridge/fanout/fanout_thread.h"
#include "bridge/lane/lane_thread.h"
#include "bridge/limits/limits.h"
#include "bridge/state/commit_thread.h"

namespace bridge {

struct StoreSettings {
  std::string path = "/var/lib/lapwing";
  std::chrono::milliseconds dedupe_window = std::chrono::hours(24 * 90);
  std::size_t write_buffer_bytes = 64u << 20;
  std::chrono::milliseconds retention{0};  // of posts; 0: for ever
};

// In the order of state::kWebLane and its kin.
using LaneSettings = std::array<lane::LaneThreadOptions, state::kLanes>;

struct Config {
  StoreSettings store;
  LaneSettings lanes;
  state::Rules rules;
  fanout::FanoutThreadOptions fanout;
  limits::FileValues limits;
  // Everybody in one queue, one at a time, without limits or priorities: what a service without
  // lanes would be. For scripts/bench isolation.
  bool no_isolation = false;
  base::log::Level log_level = base::log::Level::kInfo;
  std::string metrics_listen;  // empty: no metrics
};

// The defaults, without a file.
Config default_config();

// Either a complete configuration, or every problem of the file, a line each.
struct LoadedConfig {
  Config config;
  std::vector<std::string> problems;
};
LoadedConfig load_config(const std::string& path);

}  // namespace bridge
