// lapwing-bridge: reads its configuration, then runs the bridge until it is told to stop.
#include <csignal>
#include <cstdio>

#include "bridge/base/command_line.h"
#include "bridge/base/exporter.h"
#include "bridge/base/log.h"
#include "bridge/base/notify.h"
#include "bridge/base/signals.h"
#include "bridge/base/thread.h"
#include "bridge/bridge.h"

namespace {

using namespace bridge;

// Every problem on a line of its own; true when there was none.
bool accepted(const LoadedConfig& loaded) {
  for (const std::string& problem : loaded.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  return loaded.problems.empty();
}

void reload(Bridge& running, const std::string& path) {
  const LoadedConfig loaded = load_config(path);
  for (const std::string& problem : loaded.problems) base::log::error("{}", problem);
  if (!loaded.problems.empty()) return base::log::error("the limits in force stay as they are");
  running.set_limits(loaded.config);
  base::log::info("limits were read again from {}", path);
}

// None without an address to listen on.
base::Result<std::unique_ptr<base::Exporter>> open_exporter(const Config& config,
                                                            const Bridge& running) {
  if (config.metrics_listen.empty()) return std::unique_ptr<base::Exporter>();
  auto exporter = base::Exporter::open(
      config.metrics_listen, {.metrics = [&](base::Metrics& metrics) { running.describe(metrics); },
                              .trouble = [&] { return running.trouble(); }});
  if (exporter) base::log::info("metrics are on http://{}/metrics", (*exporter)->address());
  return exporter;
}

int run(const Config& config, const std::string& path) {
  base::Signals signals({SIGTERM, SIGINT, SIGHUP});
  const base::log::Session log({.level = config.log_level});
  wire::Context context(static_cast<int>(state::kLanes));
  auto opened = Bridge::open(context, config);
  if (!opened) {
    base::log::error("{}", opened.error().text);
    return 1;
  }
  Bridge& running = **opened;
  auto exporter = open_exporter(config, running);
  if (!exporter) {
    base::log::error("{}", exporter.error().text);
    return 1;
  }
  running.start();
  for (std::size_t i = 0; i < state::kLanes; ++i)
    base::log::info("listening on {}", running.endpoint(i));
  base::notify("READY=1\nSTATUS=serving");
  const auto watchdog = base::watchdog_period();
  for (;;) {
    base::wait_readable({signals.fd()}, watchdog.value_or(std::chrono::hours(1)));
    if (watchdog && running.stuck().empty()) base::notify("WATCHDOG=1");
    const auto signal = signals.take();
    if (!signal) continue;
    if (*signal != SIGHUP) break;
    reload(running, path);
  }
  base::log::info("closing");
  base::notify("STOPPING=1");
  exporter->reset();
  running.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  base::CommandLine line("lapwing-bridge",
                         "Lapwing's bridge: the log, the matching and the lanes.");
  std::string path;
  bool check_only = false;
  line.option(
      path,
      {.name = "--config", .help = "the configuration, see conf/bridge.toml", .required = true});
  line.flag(check_only, "--check", "only read the configuration and say what is wrong with it");
  line.version("lapwing-bridge 0.1.0");
  if (const auto code = line.parse(argc, argv)) return *code;

  const LoadedConfig loaded = load_config(path);
  if (!accepted(loaded)) return 2;
  return check_only ? 0 : run(loaded.config, path);
}
