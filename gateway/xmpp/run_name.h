// A name for this run of the gateway, random: what is numbered within it never repeats in another.
#pragma once

#include <string>

namespace gateway::xmpp {

std::string random_run_name();

}  // namespace gateway::xmpp
