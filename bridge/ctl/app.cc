#include "bridge/ctl/app.h"

#include <iostream>
#include <string>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"

namespace bridge::ctl {
namespace {

static_assert(kUsage == base::CommandLine::kUsage);

void add_access(base::CommandLine& line, Access& access) {
  line.option(access.endpoint, {.name = "--endpoint",
                                .help = "the bridge's admin lane: ipc://PATH or tcp://HOST:PORT",
                                .show_default = true,
                                .environment = "LAPWING_ENDPOINT"});
  line.option(
      access.keys_file,
      {.name = "--keys", .help = "for tcp: file with our secret key (see keygen)", .type = "FILE"});
  line.option(access.server_key, {.name = "--server-key",
                                  .help = "for tcp: the bridge's public key, or a file with it",
                                  .type = "KEY"});
  line.option(
      access.client,
      {.name = "--client", .help = "name of the session; unique when absent", .type = "NAME"});
  line.option(access.timeout_s,
              {.name = "--timeout",
               .help = "how long to wait for the bridge",
               .type = "SECONDS",
               .show_default = true},
              {.min = 0, .max = 86'400});
}

}  // namespace

int run(int argc, const char* const* argv) {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);

  base::CommandLine line(
      "lapwingctl",
      "Publish to a Lapwing bridge, import posts, look inside, back up, try out tracks.");
  Access access;
  Action action;
  add_access(line, access);
  add_publish(line, access, action);
  add_import(line, access, action);
  add_status(line, access, action);
  add_owed(line, access, action);
  add_erase(line, access, action);
  add_op(line, access, action);
  add_audit(line, access, action);
  add_limits(line, access, action);
  add_top(line, access, action);
  add_cap(line, access, action);
  add_caps(line, access, action);
  add_backup(line, access, action);
  add_restore(line, action);
  add_verify(line, access, action);
  add_match(line, action);
  add_tokens(line, action);
  add_keygen(line, action);
  line.footer(
      "Exit codes: 0 done; 1 it ran and the answer is no (nothing matched, something refused);\n"
      "2 the command line, a phrase or a file is wrong; 3 no bridge answered.");

  if (const auto code = line.parse(argc, argv)) return *code;
  const int code = action();
  std::cout.flush();
  return code;
}

}  // namespace bridge::ctl
