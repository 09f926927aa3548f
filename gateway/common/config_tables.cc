#include "gateway/common/config_tables.h"

#include <utility>

#include "bridge/base/exporter.h"
#include "bridge/wire/endpoint.h"

namespace gateway {
namespace {

using bridge::base::ConfigReader;

void read_keys(ConfigReader& table, bridge::client::ZmqBackboneOptions& options) {
  table.text("server_key", options.server_key);
  std::string secret;
  table.secret("secret_key_file", secret);
  if (!secret.empty()) {
    if (auto keys = bridge::wire::keys_from_secret(secret)) {
      options.client_keys = std::move(*keys);
    } else {
      table.problem("secret_key_file", keys.error().text);
    }
  }
  if (options.server_key.empty() != !options.client_keys.has_value())
    table.problem("server_key", "and `secret_key_file` go together: both or neither");
}

}  // namespace

void read_connection(ConfigReader& table, bridge::client::ZmqBackboneOptions& options,
                     std::string_view example) {
  const bool may_be_none = options.endpoint.empty();
  table.text("endpoint", options.endpoint, {.example = example});
  const auto endpoint = bridge::wire::parse_endpoint(options.endpoint);
  const bool none = may_be_none && options.endpoint.empty();
  if (!endpoint && !none) table.problem("endpoint", endpoint.error().text);
  const std::string client = '"' + options.client + '"';
  table.text("client", options.client, {.example = client});
  read_keys(table, options);
}

void read_metrics(ConfigReader table, std::string& listen, std::string_view example) {
  table.text("listen", listen, {.example = example});
  if (listen.empty()) return;
  if (const auto checked = bridge::base::Exporter::check(listen); !checked)
    table.problem("listen", checked.error().text, {.example = example});
}

void read_log(ConfigReader table, bridge::base::log::Level& level) {
  std::string name = "info";
  table.text("level", name, {.example = "\"info\""});
  if (const auto known = bridge::base::log::parse_level(name)) {
    level = *known;
  } else {
    table.problem("level", "is none of debug, info, warning, error, off");
  }
}

}  // namespace gateway
