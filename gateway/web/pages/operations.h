// Operations: what the operations page shows. See views.h.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gateway::web::pages {

struct ClassRow {
  std::string name = {};
  std::uint64_t delivered = 0;  // since the bridge's start
  double per_second = 0;
  std::uint64_t queued = 0;
  double oldest_s = 0;
};

struct LimitOverride {
  std::string key = {};
  std::string value = {};
};

struct LimitRow {
  std::string name = {};   // "im.commands_per_person"
  std::string value = {};  // in force, as it is written: "20/10s burst 40"
  std::string help = {};
  bool shadow = false;   // it only counts what it would have refused
  bool changed = false;  // differs from the configuration
  std::vector<LimitOverride> overrides = {};
};

struct Talkers {
  std::string title = {};  // "People", "Domains", "Words"
  std::vector<std::pair<std::string, std::uint64_t>> rows = {};
};

struct ChangeRow {
  std::int64_t time_ms = 0;
  std::string who = {};
  std::string what = {};
  std::string old_value = {};
  std::string new_value = {};
};

// A way from one part to another.
struct LinkRow {
  std::string name = {};   // "Website to bridge"
  std::string state = {};  // a few words
  bool well = true;
};

struct Operations {
  bool known = false;  // false: the bridge does not answer on the lane admin
  std::vector<std::pair<std::string, std::string>> facts = {};  // "Accounts", "1,204"
  std::vector<LinkRow> links = {};
  std::vector<ClassRow> classes = {};
  std::vector<LimitRow> limits = {};
  std::vector<Talkers> talkers = {};
  std::vector<ChangeRow> changes = {};  // the newest first
};

}  // namespace gateway::web::pages
