// The commands of lapwingctl, a file each: every function puts its subcommand into the command
// line's grammar and, when the person has chosen it, leaves what to do in `action`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bridge/ctl/connection.h"

namespace CLI {
class App;
}

namespace bridge::ctl {

using Action = std::function<int()>;  // returns an ExitCode

// These need no bridge.
void add_match(CLI::App& app, Action& action);
void add_tokens(CLI::App& app, Action& action);
void add_keygen(CLI::App& app, Action& action);
void add_restore(CLI::App& app, Action& action);

// `access` is filled in by the time the action runs; it must outlive it.
void add_publish(CLI::App& app, const Access& access, Action& action);
void add_import(CLI::App& app, const Access& access, Action& action);
void add_status(CLI::App& app, const Access& access, Action& action);
void add_owed(CLI::App& app, const Access& access, Action& action);
void add_backup(CLI::App& app, const Access& access, Action& action);
void add_verify(CLI::App& app, const Access& access, Action& action);

}  // namespace bridge::ctl
