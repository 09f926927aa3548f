#include "gateway/web/config.h"

#include <chrono>
#include <utility>

#include "bridge/base/config.h"
#include "gateway/command/nick.h"
#include "gateway/common/config_tables.h"
#include "gateway/web/operations/gateway_peek.h"

namespace gateway::web {
namespace {

using bridge::base::ConfigReader;
using namespace std::chrono_literals;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

void read_http(ConfigReader table, ServerSettings& http) {
  table.text("listen", http.listen, {.example = "\"127.0.0.1:8080\""});
  if (const auto checked = Server::check(http.listen); !checked)
    table.problem("listen", checked.error().text, {.example = "\"127.0.0.1:8080\""});
  table.text_list("trusted_proxies", http.trusted_proxies);
  table.number("connections_max", http.connections_max, 1, 1'000'000);
  table.number("connections_per_address", http.connections_per_address, 1, 1'000'000);
  table.bytes("header_max", http.header_bytes_max, kKiB, kMiB);
  table.bytes("body_max", http.body_bytes_max, 4 * kKiB, 16 * kMiB);
  table.duration("idle_timeout", http.idle_timeout, 1s, 1h);
  table.duration("request_timeout", http.request_timeout, 1s, 10min);
  table.duration("write_timeout", http.write_timeout, 1s, 10min);
  // What is written ahead to a reader has to fit: 64 KiB and the piece that goes beyond them.
  table.bytes("stream_max", http.stream_bytes_max, 128 * kKiB, 64 * kMiB);
}

void read_bridge(ConfigReader table, bridge::client::ZmqBackboneOptions& options) {
  options.endpoint = "ipc:///run/lapwing/web";
  options.client = "web";
  options.software = "lapwing-web 0.1.0";
  read_connection(table, options, "\"ipc:///run/lapwing/web\"");
  table.duration("request_timeout", options.request_timeout, 100ms, 5min);
  table.number("requests_max", options.requests_max, 1, 1024);
}

void read_data(ConfigReader table, Config& config) {
  table.text("path", config.data, {.required = true, .example = "\"/var/lib/lapwing-web\""});
  table.duration("snapshot_every", config.snapshot_every, 1s, 24h);
}

void read_view(ConfigReader table, ViewSettings& view) {
  table.number("posts_max", view.posts_max, 100, 50'000'000);
  table.bytes("bytes_max", view.bytes_max, kMiB, std::size_t{64} << 30);
  table.number("people_max", view.people_max, 10, 10'000'000);
  table.number("follows_max", view.follows_max, 1, 1'000'000);
}

void read_feed(ConfigReader table, SiteSettings& site) {
  table.number("posts", site.credit_posts, 10, 1'000'000);
  table.bytes("bytes", site.credit_bytes, 64 * kKiB, 256 * kMiB);
}

void read_outbox(ConfigReader table, SiteSettings& site) {
  OutboxSettings& outbox = site.outbox;
  table.duration("patience", outbox.patience, 50ms, 1min);
  table.number("entries_max", outbox.entries_max, 1, 1'000'000);
  table.bytes("bytes_max", outbox.bytes_max, kMiB, std::size_t{4} << 30);
  table.number("per_person_max", outbox.per_person_max, 1, 100'000);
  table.number("in_flight_max", outbox.in_flight_max, 1, 1'000);
}

void read_streams(ConfigReader table, LiveSettings& live) {
  table.number("streams_max", live.streams_max, 1, 1'000'000);
  table.number("per_person_max", live.per_person_max, 1, 10'000);
  table.duration("heartbeat", live.heartbeat, 1s, 10min);
}

void read_limits(ConfigReader table, SiteSettings& site) {
  table.policy("requests", site.requests);
  table.policy("changes", site.changes);
  table.number("keys", site.limit_keys, 1, 10'000'000);
  table.bytes("text_max", site.text_bytes_max, 1, 64 * kKiB);
}

Token read_token(ConfigReader table) {
  Token token;
  table.secret("secret_file", token.secret, {.required = true, .example = "\"bot.secret\""});
  table.text("nick", token.nick, {.required = true, .example = "\"alice\""});
  if (token.nick != "*" && !command::is_nick(token.nick))
    table.problem("nick", "is no nick, nor \"*\"", {.example = "\"alice\""});
  table.flag("operator", token.is_operator);
  return token;
}

void read_pages(ConfigReader table, PageSettings& pages) {
  table.flag("plain_http", pages.plain_http);
  table.text("name", pages.name, {.example = "\"Lapwing\""});
  table.text("bot", pages.bot, {.example = "\"lapwing@im.example.org\""});
  table.text_list("operators", pages.operators);
  for (const std::string& nick : pages.operators)
    if (!command::is_nick(nick)) table.problem("operators", "holds something that is no nick");
  SessionLimits& sessions = pages.sessions;
  table.number("sessions_max", sessions.sessions_max, 1, 10'000'000);
  table.number("sessions_per_person", sessions.per_person_max, 1, 1'000);
  table.duration("session_idle", sessions.idle_max, 1min, 24h * 366);
  table.duration("session_age", sessions.age_max, 1min, 24h * 3660);
}

// A second connection, on the lane admin: the website's own lane cannot ask what operators may.
void read_operations(ConfigReader table, Config& config) {
  bridge::client::ZmqBackboneOptions& options = config.operations;
  options.client = "web-operations";
  options.software = "lapwing-web 0.1.0";
  read_connection(table, options, "\"ipc:///run/lapwing/admin\"");
  table.text_list("gateways", config.gateways);
  for (const std::string& address : config.gateways)
    if (const auto checked = GatewayPeek::open(address); !checked)
      table.problem("gateways", checked.error().text, {.example = "[\"127.0.0.1:9470\"]"});
  config.pages.with_operations = !options.endpoint.empty();
}

}  // namespace

LoadedConfig load_config(const std::string& path) {
  LoadedConfig loaded;
  Config& config = loaded.config;
  auto file = ConfigReader::open(path);
  if (!file) {
    loaded.problems.push_back(file.error().text);
    return loaded;
  }
  read_http(file->table("http"), config.http);
  read_bridge(file->table("bridge"), config.bridge);
  read_data(file->table("data"), config);
  read_view(file->table("view"), config.site.view);
  read_feed(file->table("feed"), config.site);
  read_outbox(file->table("outbox"), config.site);
  read_streams(file->table("streams"), config.site.live);
  read_limits(file->table("limits"), config.site);
  for (ConfigReader& token : file->tables("token")) config.tokens.push_back(read_token(token));
  read_pages(file->table("pages"), config.pages);
  read_operations(file->table("operations"), config);
  read_metrics(file->table("metrics"), config.metrics_listen, "\"127.0.0.1:9471\"");
  read_log(file->table("log"), config.log_level);
  loaded.problems = file->finish();
  return loaded;
}

}  // namespace gateway::web
