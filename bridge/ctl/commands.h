// The commands of lapwingctl, a file each: every function puts its subcommand into the command
// line's grammar and, when the person has chosen it, leaves what to do in `action`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bridge/base/command_line.h"
#include "bridge/ctl/connection.h"

namespace bridge::ctl {

using Action = std::function<int()>;  // returns an ExitCode

// These need no bridge.
void add_match(base::CommandLine& line, Action& action);
void add_tokens(base::CommandLine& line, Action& action);
void add_keygen(base::CommandLine& line, Action& action);
void add_restore(base::CommandLine& line, Action& action);

// `access` is filled in by the time the action runs; it must outlive it.
void add_publish(base::CommandLine& line, const Access& access, Action& action);
void add_import(base::CommandLine& line, const Access& access, Action& action);
void add_status(base::CommandLine& line, const Access& access, Action& action);
void add_owed(base::CommandLine& line, const Access& access, Action& action);
void add_erase(base::CommandLine& line, const Access& access, Action& action);
void add_op(base::CommandLine& line, const Access& access, Action& action);
void add_audit(base::CommandLine& line, const Access& access, Action& action);
void add_limits(base::CommandLine& line, const Access& access, Action& action);
void add_top(base::CommandLine& line, const Access& access, Action& action);
void add_cap(base::CommandLine& line, const Access& access, Action& action);
void add_caps(base::CommandLine& line, const Access& access, Action& action);
void add_backup(base::CommandLine& line, const Access& access, Action& action);
void add_verify(base::CommandLine& line, const Access& access, Action& action);

}  // namespace bridge::ctl
