// render_reply: the bridge's answer to a command, as text for the person who gave it.
#pragma once

#include <string>

#include "bridge/client/backbone.h"
#include "gateway/command/command.h"

namespace gateway::command {

namespace wire = bridge::wire;

// Never empty. An error becomes the bridge's own sentence, with when to try again and how to join
// where that helps. UNCONFIRMED is not for here: the caller asks for a yes (see ask_for_yes).
std::string render_reply(const Command& command, const wire::Reply& reply);

std::string render_error(const wire::Error& error);

}  // namespace gateway::command
