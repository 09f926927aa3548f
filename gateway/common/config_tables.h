// The tables that the configurations of the bridge's clients have alike: the way to the bridge, the
// exporter, the log.
//
//   config.bridge.endpoint = "ipc:///run/lapwing/im";      // the default, and the example
//   read_connection(table, config.bridge);
//
// What is wrong is told as problems of the table, with the example: a good value as TOML, quoted.
#pragma once

#include <string>
#include <string_view>

#include "bridge/base/config.h"
#include "bridge/base/log.h"
#include "bridge/client/zmq_backbone.h"

namespace gateway {

// `endpoint`, `client` and the keys. An endpoint that is empty, as its default was, is no
// connection.
void read_connection(bridge::base::ConfigReader& table, bridge::client::ZmqBackboneOptions& options,
                     std::string_view example);
// `listen`, the exporter's address; empty: none.
void read_metrics(bridge::base::ConfigReader table, std::string& listen, std::string_view example);
void read_log(bridge::base::ConfigReader table, bridge::base::log::Level& level);

}  // namespace gateway
