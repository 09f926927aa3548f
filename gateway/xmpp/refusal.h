// Refusal: why something asked for was not done, as a stanza error says it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/base/time.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/xmpp/render.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

inline constexpr std::string_view kCommandsNs = "http://jabber.org/protocol/commands";

struct Refusal {
  ErrorType type = ErrorType::kCancel;
  std::string_view condition = condition::kUndefinedCondition;
  std::string text = {};                  // for people
  std::string_view command_problem = {};  // XEP-0050: what it says of a command
};

// By what the bridge answered; of type `wait` when the same thing is welcome later.
Refusal refusal_of(wire::ErrorCode code, std::string text);

// Over a limit; says when to come again. Without `not_before`: never.
Refusal over_limit(std::optional<bridge::base::Time> not_before, bridge::base::Time now);

// Too much is going on already.
Refusal too_busy();

}  // namespace gateway::xmpp
