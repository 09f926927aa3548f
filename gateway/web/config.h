// Config: the website's configuration file as settings. conf/web.toml is the commented example.
//
//   const LoadedConfig loaded = load_config("web.toml");
//   for (const std::string& problem : loaded.problems) print(problem);
//
// Every problem is told at once, each with the key, what is wrong and a good line.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bridge/base/log.h"
#include "bridge/client/zmq_backbone.h"
#include "gateway/web/browser_sessions.h"
#include "gateway/web/server.h"
#include "gateway/web/sessions.h"
#include "gateway/web/site.h"

namespace gateway::web {

struct Config {
  ServerSettings http;
  SiteSettings site;
  bridge::client::ZmqBackboneOptions bridge;
  std::vector<Token> tokens;
  PageSettings pages;
  bridge::client::ZmqBackboneOptions operations;  // without an endpoint: no operations page
  std::vector<std::string> gateways;              // whose exporters the operations page asks
  std::string data;                               // folder of the snapshot and the outbox
  std::chrono::milliseconds snapshot_every{30'000};
  bridge::base::log::Level log_level = bridge::base::log::Level::kInfo;
  std::string metrics_listen;  // empty: no metrics
};

struct LoadedConfig {
  Config config;
  std::vector<std::string> problems;  // none: the configuration can be used
};

LoadedConfig load_config(const std::string& path);

}  // namespace gateway::web
