#include "gateway/config.h"

#include <chrono>
#include <utility>

#include "bridge/base/config.h"
#include "gateway/common/config_tables.h"
#include "gateway/xmpp/jid.h"

namespace gateway {
namespace {

using bridge::base::ConfigReader;
using namespace std::chrono_literals;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

void read_secret(ConfigReader& table, std::string& secret) {
  table.text("secret", secret, {.example = "\"a long random word\""});
  table.secret("secret_file", secret);
  if (secret.empty()) {
    table.problem("secret", "is missing; it stands in the XMPP server's configuration too",
                  {.example = "\"a long random word\""});
  }
}

void read_addresses(ConfigReader& table, xmpp::Settings& settings) {
  table.text("domain", settings.domain, {.required = true, .example = "\"im.example.org\""});
  table.text("bot", settings.bot, {.example = "\"lapwing\""});
  const auto jid = xmpp::Jid::parse(settings.bot + "@" + settings.domain);
  if (!jid || jid->local.empty() || !jid->resource.empty()) {
    table.problem("domain", "and `bot` do not make an address", {.example = "\"im.example.org\""});
    return;
  }
  settings.bot = jid->local;  // as it will be compared
  settings.domain = jid->domain;
}

void read_stream(ConfigReader table, Config& config) {
  read_addresses(table, config.settings);
  xmpp::StropheOptions& stream = config.stream;
  read_secret(table, stream.secret);
  stream.domain = config.settings.domain;
  table.text("host", stream.host, {.example = "\"127.0.0.1\""});
  table.number("port", stream.port, 1, 65535);
  table.bytes("stanza_bytes_max", stream.stanza_bytes_max, 4 * kKiB, kMiB);
  table.number("depth_max", stream.depth_max, 8, 1024);
  table.bytes("send_buffer", stream.send_buffer_bytes, 32 * kKiB, 16 * kMiB);
  table.duration("handshake_timeout", stream.handshake_timeout, 1s, 5min);
  table.duration("ping_timeout", stream.ping_timeout, 1s, 10min);
  table.duration("quiet_ping", stream.quiet_ping, 1s, 1h);
  table.duration("retry_first", stream.backoff_first, 50ms, 1min);
  table.duration("retry_longest", stream.backoff_longest, 1s, 1h);
  table.duration("retry_conflict", stream.conflict_backoff, 1s, 1h);
}

void read_bridge(ConfigReader table, bridge::client::ZmqBackboneOptions& options) {
  options.endpoint = "ipc:///run/lapwing/im";
  options.client = "gateway";
  read_connection(table, options, "\"ipc:///run/lapwing/im\"");
  table.duration("request_timeout", options.request_timeout, 100ms, 5min);
}

void read_window(ConfigReader table, xmpp::WindowSettings& window) {
  table.number("deliveries", window.deliveries, 1, 1'000'000);
  // One delivery of the longest text has to fit in.
  table.bytes("bytes", window.bytes, 64 * kKiB, 256 * kMiB);
  table.bytes("send_bytes", window.send_bytes, kKiB, 256 * kKiB);
  table.bytes("in_flight", window.in_flight_bytes, kKiB, 16 * kMiB);
  table.number("barriers", window.barriers, 1, 64);
}

void read_limits(ConfigReader table, xmpp::LimitSettings& limits) {
  table.policy("person", limits.person);
  table.policy("domain", limits.domain);
  table.policy("queries", limits.queries);
  table.number("keys", limits.keys, 1, 10'000'000);
}

void read_registration(ConfigReader table, xmpp::RegistrationSettings& registration) {
  table.flag("open", registration.open);
  table.text_list("domains", registration.domains, {.example = "[\"example.org\"]"});
  for (std::string& domain : registration.domains) {
    const auto jid = xmpp::Jid::parse(domain);
    if (!jid || !jid->local.empty() || !jid->resource.empty()) {
      table.problem("domains", "holds what is no domain", {.example = "[\"example.org\"]"});
      return;
    }
    domain = jid->domain;  // as it will be compared
  }
  table.policy("newcomers", registration.newcomers);
}

void read_people(ConfigReader table, xmpp::Settings& settings) {
  table.number("people_max", settings.people_max, 1, 10'000'000);
  table.policy("probes", settings.probes);
  table.duration("confirm_within", settings.confirm_within, 10s, 24h);
  table.number("confirmations_max", settings.confirmations_max, 1, 1'000'000);
  table.number("forms_max", settings.forms_max, 1, 1'000'000);
  table.duration("form_within", settings.form_within, 10s, 24h);
  table.flag("request_receipts", settings.request_receipts);
}

void read_queues(ConfigReader table, Config& config) {
  table.number("requests_max", config.settings.requests_max, 1, 1'000'000);
  table.bytes("outbox", config.settings.outbox_bytes, 64 * kKiB, 256 * kMiB);
  config.bridge.requests_max = config.settings.requests_max;
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
  read_stream(file->table("xmpp"), config);
  read_bridge(file->table("bridge"), config.bridge);
  read_window(file->table("window"), config.settings.window);
  read_limits(file->table("limits"), config.settings.limits);
  read_registration(file->table("registration"), config.settings.registration);
  read_people(file->table("people"), config.settings);
  read_queues(file->table("queues"), config);
  config.bridge.software = config.settings.software + " " + config.settings.version;
  read_metrics(file->table("metrics"), config.metrics_listen, "\"127.0.0.1:9470\"");
  read_log(file->table("log"), config.log_level);
  loaded.problems = file->finish();
  return loaded;
}

}  // namespace gateway
