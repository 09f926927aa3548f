// Config: the gateway's configuration file as settings. conf/gateway.toml is the commented example.
//
//   const LoadedConfig loaded = load_config("gateway.toml");
//   for (const std::string& problem : loaded.problems) print(problem);
//
// Every problem is told at once, each with the key, what is wrong and a good line.
#pragma once

#include <string>
#include <vector>

#include "bridge/base/log.h"
#include "bridge/client/zmq_backbone.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/strophe_component.h"

namespace gateway {

struct Config {
  xmpp::Settings settings;
  xmpp::StropheOptions stream;
  bridge::client::ZmqBackboneOptions bridge;
  bridge::base::log::Level log_level = bridge::base::log::Level::kInfo;
  std::string metrics_listen;  // empty: no metrics
};

struct LoadedConfig {
  Config config;
  std::vector<std::string> problems;  // none: the configuration can be used
};

LoadedConfig load_config(const std::string& path);

}  // namespace gateway
