#include "bridge/ctl/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"

namespace bridge::ctl {
namespace {

void add_access(CLI::App& app, Access& access) {
  app.add_option("--endpoint", access.endpoint,
                 "the bridge's admin lane: ipc://PATH or tcp://HOST:PORT")
      ->envname("LAPWING_ENDPOINT")
      ->capture_default_str();
  app.add_option("--keys", access.keys_file, "for tcp: file with our secret key (see keygen)")
      ->type_name("FILE");
  app.add_option("--server-key", access.server_key,
                 "for tcp: the bridge's public key, or a file with it")
      ->type_name("KEY");
  app.add_option("--client", access.client, "name of the session; unique when absent")
      ->type_name("NAME");
  app.add_option("--timeout", access.timeout_s, "how long to wait for the bridge")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str();
}

// Whatever follows `match` is the phrase, so `--` is not needed there; whoever types it all the
// same means the same.
std::vector<std::string> arguments(int argc, const char* const* argv) {
  std::vector<std::string> all(argv + 1, argv + argc);
  const auto match = std::find(all.begin(), all.end(), "match");
  if (match != all.end() && match + 1 != all.end() && *(match + 1) == "--") all.erase(match + 1);
  std::reverse(all.begin(), all.end());  // as CLI11 wants them
  return all;
}

}  // namespace

int run(int argc, const char* const* argv) {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);

  CLI::App app("Publish to a Lapwing bridge, import posts, look inside, back up, try out tracks.",
               "lapwingctl");
  Access access;
  Action action;
  add_access(app, access);
  add_publish(app, access, action);
  add_import(app, access, action);
  add_status(app, access, action);
  add_owed(app, access, action);
  add_backup(app, access, action);
  add_restore(app, action);
  add_verify(app, access, action);
  add_match(app, action);
  add_tokens(app, action);
  add_keygen(app, action);
  app.require_subcommand(1);
  // The options of the bridge may also stand behind the command. Not for match: see there.
  for (const char* command : {"publish", "import", "status", "owed", "backup", "verify"}) {
    app.get_subcommand(command)->fallthrough();
  }
  app.footer(
      "Exit codes: 0 done; 1 it ran and the answer is no (nothing matched, something refused);\n"
      "2 the command line, a phrase or a file is wrong; 3 no bridge answered.");

  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  const int code = action();
  std::cout.flush();
  return code;
}

}  // namespace bridge::ctl
