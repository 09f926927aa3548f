// lapwing-web: reads its configuration, then serves until it is told to stop.
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "bridge/base/command_line.h"
#include "bridge/base/log.h"
#include "bridge/base/signals.h"
#include "gateway/web/config.h"
#include "gateway/web/daemon.h"

namespace {

using namespace gateway::web;
namespace base = bridge::base;

// A descriptor for each connection: as many as the system lets this process have.
void raise_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(const Config& config) {
  raise_descriptors();
  base::Signals signals({SIGTERM, SIGINT});
  const base::log::Session log({.level = config.log_level});
  bridge::wire::Context context;
  auto daemon = Daemon::create(context, config);
  if (!daemon) {
    base::log::error("{}", daemon.error().text);
    return 1;
  }
  (*daemon)->run(signals);
  base::log::info("closing");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  base::CommandLine line("lapwing-web", "Lapwing's website: timelines, live updates, posting.");
  std::string path;
  bool check_only = false;
  line.option(
      path, {.name = "--config", .help = "the configuration, see conf/web.toml", .required = true});
  line.flag(check_only, "--check", "only read the configuration and say what is wrong with it");
  line.version("lapwing-web 0.1.0");
  if (const auto code = line.parse(argc, argv)) return *code;

  const LoadedConfig loaded = load_config(path);
  for (const std::string& problem : loaded.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  if (!loaded.problems.empty()) return 2;
  return check_only ? 0 : run(loaded.config);
}
