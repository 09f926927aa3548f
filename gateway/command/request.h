// to_request: what a command asks of the bridge.
#pragma once

#include <optional>
#include <string_view>

#include "bridge/client/backbone.h"
#include "gateway/command/command.h"

namespace gateway::command {

namespace wire = bridge::wire;

// nullopt for what needs no bridge (Help). The caller adds the actor. `client_id` makes posts and
// directs idempotent: 1 to 128 bytes, the same when the same message comes again.
std::optional<wire::Request> to_request(const Command& command, std::string_view client_id);

}  // namespace gateway::command
