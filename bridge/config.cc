#include "bridge/config.h"

#include <fmt/format.h>

#include "bridge/base/config.h"
#include "bridge/base/exporter.h"
#include "bridge/wire/endpoint.h"

namespace bridge {
namespace {

using base::ConfigReader;
using namespace std::chrono_literals;

void read_store(ConfigReader& file, StoreSettings& store) {
  file.text("store.path", store.path, {.required = true, .example = "\"/var/lib/lapwing\""});
  file.duration("store.dedupe_window", store.dedupe_window, 1min, std::chrono::hours(24 * 3650));
  file.duration("store.retention", store.retention, 0s, std::chrono::hours(24 * 36500));
  file.bytes("store.write_buffer", store.write_buffer_bytes, 1u << 20, 1u << 30);
}

void read_clients(ConfigReader& table, lane::LaneThreadOptions& options) {
  std::vector<lane::ClientRule> rules;
  for (ConfigReader& entry : table.tables("client")) {
    lane::ClientRule rule{.name = "*", .key = {}, .speaks_for = {"*"}};
    entry.text("name", rule.name, {.example = "\"gateway\""});
    entry.text("key", rule.key, {.example = "\"the 40 characters of its public key\""});
    entry.text_list("speaks_for", rule.speaks_for, {.example = "[\"*@example.org\"]"});
    if (!rule.key.empty() && rule.key.size() != 40)
      entry.problem("key", "is not a public key of 40 characters: `lapwingctl keygen` makes one");
    if (!rule.key.empty()) options.router.client_keys.push_back(rule.key);
    rules.push_back(std::move(rule));
  }
  if (!rules.empty()) options.lane.clients = std::move(rules);
}

void read_lane(ConfigReader table, lane::LaneThreadOptions& options) {
  table.text("endpoint", options.router.endpoint, {.example = "\"ipc:///run/lapwing/im\""});
  if (const auto endpoint = wire::parse_endpoint(options.router.endpoint); !endpoint)
    table.problem("endpoint", endpoint.error().text);
  table.number("ipc_mode", options.router.ipc_mode, 0, 0777);
  table.flag("plain_tcp", options.router.plain_tcp);
  std::string secret;
  table.secret("secret_key_file", secret);
  if (!secret.empty()) {
    if (auto keys = wire::keys_from_secret(secret))
      options.router.server_keys = std::move(*keys);
    else
      table.problem("secret_key_file", keys.error().text);
  }
  read_clients(table, options);
  table.number("sessions_max", options.lane.sessions_max, 1, 65536);
  table.duration("ping_after", options.lane.ping_after, 100ms, 1min);
  table.duration("silence_max", options.lane.silence_max, 1s, 10min);
}

// Whatever stands in the table of limits; absent keys are the default's.
void read_limits(ConfigReader& file, limits::FileValues& values) {
  for (const limits::Entry& entry : limits::table()) {
    const bool of_lane = entry.level != "class" && entry.level != "pressure" &&
                         !entry.name.starts_with("deliveries.");
    const std::string key = fmt::format("{}{}", of_lane ? "limits." : "", entry.name);
    if (!file.has(key)) continue;
    limits::Value value = limits::standard(entry);
    switch (entry.kind) {
      case limits::Kind::kPolicy:
        file.policy(key, value.policy);
        value.text = value.policy.text();
        break;
      case limits::Kind::kNumber:
        file.number(key, value.number, entry.min, entry.max);
        value.text = std::to_string(value.number);
        break;
      case limits::Kind::kDuration: {
        std::chrono::milliseconds ms(value.number);
        file.duration(key, ms, std::chrono::milliseconds(entry.min),
                      std::chrono::milliseconds(entry.max));
        value.number = static_cast<std::uint64_t>(ms.count());
        value.text = throttle::duration_text(ms);
        break;
      }
    }
    values[static_cast<std::size_t>(entry.limit)] = std::move(value);
  }
}

void read_deliveries(ConfigReader table, fanout::FanoutThreadOptions& options) {
  table.number("catch_up", options.fanout.catch_up_max, 0, 1'000'000);
  table.number("hot_list", options.fanout.hot_list, 1, 1'000'000'000);
  table.duration("late_after", options.fanout.late_after, 1s, 24h);
  fanout::ReceiptWaits& waits = options.fanout.receipt_waits;
  table.duration("receipt_wait", waits.unproven, 0s, 10min);
  table.duration("receipt_wait_proven", waits.proven, 0s, 24h);
  fanout::BounceWaits& bounces = options.fanout.bounce_waits;
  table.duration("bounce_wait", bounces.first, 100ms, 1h);
  table.duration("bounce_wait_max", bounces.longest, 100ms, 24h);
  table.duration("bounce_trial", bounces.trial, 100ms, 1h);
  table.duration("checkpoint_every", options.checkpoint_every, 50ms, 1min);
}

void read_rules(ConfigReader table, Config& config) {
  state::Rules& rules = config.rules;
  table.bytes("post_bytes_max", rules.post_bytes_max, 1, 16 * 1024);
  table.number("post_characters_max", rules.post_characters_max, 1, 16 * 1024);
  std::string directs = rules.directs_from_anybody ? "anybody" : "followed";
  table.text("directs_from", directs, {.example = "\"followed\""});
  if (directs != "anybody" && directs != "followed")
    table.problem("directs_from", "is neither followed nor anybody", {.example = "\"followed\""});
  rules.directs_from_anybody = directs == "anybody";
  table.number("tracks_per_person", rules.tracks_per_person, 0, 10'000);
  table.number("tracks_per_domain", rules.tracks_per_domain, 0, 1'000'000'000);
  table.number("tracks_max", rules.tracks_max, 0, 1'000'000'000);
  table.number("listeners_per_word", rules.listeners_per_word, 0, 1'000'000'000);
  table.number("follows_per_person", rules.follows_per_person, 0, 100'000);
  table.number("accounts_max", rules.accounts_max, 1, 100'000'000);
  table.duration("correct_within", rules.correct_within, 0s, 24h);
  table.duration("rename_every", rules.rename_every, 0s, 1000h);  // what a reply can say
  table.text("website", rules.website, {.example = "\"https://lapwing.example.org\""});
  const bool web = rules.website.starts_with("https://") || rules.website.starts_with("http://");
  if (!rules.website.empty() && !web)
    table.problem("website", "is no address of a website",
                  {.example = "\"https://lapwing.example.org\""});
  while (rules.website.ends_with('/')) rules.website.pop_back();
  table.text_list("operators", rules.operators, {.example = "[\"alice@example.org\"]"});
  for (const std::string& address : rules.operators)
    if (const std::size_t at = address.find('@');
        at == 0 || at == std::string::npos || address.find_first_of("/ ") != std::string::npos)
      table.problem("operators", "holds something that is no bare address",
                    {.example = "[\"alice@example.org\"]"});
  table.text("contact", rules.contact, {.example = "\"abuse@example.org\""});
  config.fanout.fanout.operators = rules.operators;
  config.fanout.fanout.website = rules.website;
  config.fanout.fanout.people_max = rules.accounts_max;
}

void read_metrics(ConfigReader table, std::string& listen) {
  table.text("listen", listen, {.example = "\"127.0.0.1:9469\""});
  if (listen.empty()) return;
  if (const auto checked = base::Exporter::check(listen); !checked)
    table.problem("listen", checked.error().text, {.example = "\"127.0.0.1:9469\""});
}

}  // namespace

Config default_config() {
  Config config;
  const auto set_lane = [&](std::size_t index, lane::Kind kind) -> lane::LaneThreadOptions& {
    lane::LaneThreadOptions& options = config.lanes[index];
    options.lane.kind = kind;
    options.lane.index = index;
    options.router.endpoint = fmt::format("ipc:///run/lapwing/{}", lane::name(kind));
    // Each lane's connections have an I/O thread of their own.
    options.router.io_thread = static_cast<int>(index);
    return options;
  };
  set_lane(state::kWebLane, lane::Kind::kWeb);
  set_lane(state::kAdminLane, lane::Kind::kAdmin);
  set_lane(state::kImLane, lane::Kind::kIm).nice = config.fanout.nice;
  return config;
}

LoadedConfig load_config(const std::string& path) {
  LoadedConfig loaded{default_config(), {}};
  Config& config = loaded.config;
  auto file = ConfigReader::open(path);
  if (!file) {
    loaded.problems.push_back(file.error().text);
    return loaded;
  }
  read_store(*file, config.store);
  for (lane::LaneThreadOptions& options : config.lanes) {
    const std::string name(lane::name(options.lane.kind));
    read_lane(file->table("lane." + name), options);
  }
  read_limits(*file, config.limits);
  read_deliveries(file->table("deliveries"), config.fanout);
  config.fanout.fanout.retention = config.store.retention;
  read_rules(file->table("rules"), config);
  file->number("threads.im_nice", config.fanout.nice, 0, 19);
  config.lanes[state::kImLane].nice = config.fanout.nice;
  file->flag("experiment.no_isolation_of_any_kind", config.no_isolation);
  read_metrics(file->table("metrics"), config.metrics_listen);
  std::string level = "info";
  file->text("log.level", level, {.example = "\"info\""});
  if (const auto known = base::log::parse_level(level))
    config.log_level = *known;
  else
    file->problem("log.level", "is not debug, info, warning, error or off",
                  {.example = "\"info\""});
  loaded.problems = file->finish();
  return loaded;
}

}  // namespace bridge
