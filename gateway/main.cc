// lapwing-gateway: reads its configuration, tests its XMPP library, then runs until it is told to
// stop.
#include <cstdio>
#include <string>

#include "bridge/base/command_line.h"
#include "bridge/base/log.h"
#include "bridge/base/signals.h"
#include "gateway/config.h"
#include "gateway/daemon.h"
#include "gateway/xmpp/self_test.h"

namespace {

using namespace gateway;
namespace base = bridge::base;

bool accepted(const LoadedConfig& loaded) {
  for (const std::string& problem : loaded.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  return loaded.problems.empty();
}

void reload(Daemon& daemon, const std::string& path) {
  const LoadedConfig loaded = load_config(path);
  for (const std::string& problem : loaded.problems) base::log::error("{}", problem);
  if (!loaded.problems.empty()) return base::log::error("the limits in force stay as they are");
  daemon.set_limits(loaded.config.settings);
  base::log::info("limits and who may join were read again from {}", path);
}

int run(const Config& config, const std::string& path) {
  if (const auto sound = xmpp::self_test(); !sound) {  // forks: before any thread
    std::fprintf(stderr, "%s\n", sound.error().text.c_str());
    return 1;
  }
  base::Signals signals({SIGTERM, SIGINT, SIGHUP, SIGUSR1});
  const base::log::Session log({.level = config.log_level});
  bridge::wire::Context context;
  auto daemon = Daemon::create(context, config);
  if (!daemon) {
    base::log::error("{}", daemon.error().text);
    return 1;
  }
  base::log::info("{} {} for {}", config.settings.software, config.settings.version,
                  config.settings.domain);
  (*daemon)->run(signals, [&] { reload(**daemon, path); });
  base::log::info("closing");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  base::CommandLine line("lapwing-gateway", "Lapwing's gateway: people on Jabber, and the bridge.");
  std::string path;
  bool check_only = false;
  line.option(
      path,
      {.name = "--config", .help = "the configuration, see conf/gateway.toml", .required = true});
  line.flag(check_only, "--check", "only read the configuration and say what is wrong with it");
  line.version("lapwing-gateway 0.1.0");
  if (const auto code = line.parse(argc, argv)) return *code;

  const LoadedConfig loaded = load_config(path);
  if (!accepted(loaded)) return 2;
  return check_only ? 0 : run(loaded.config, path);
}
