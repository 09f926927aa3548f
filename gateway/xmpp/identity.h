// What the gateway says it is: service discovery identities and features, and its own presence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/xmpp/render.h"
#include "gateway/xmpp/settings.h"

namespace gateway::xmpp {

inline constexpr std::string_view kServiceName = "Lapwing";
inline constexpr std::string_view kCapsNode = "urn:lapwing:gateway";

// Of our domain, of the bot and of a contact (an account's own address).
enum class Who { kDomain, kBot, kContact };

// By the local part. A contact need not exist.
Who who_is(const Settings& settings, const Jid& ours);

const std::vector<Identity>& identities(Who who);
const std::vector<std::string_view>& features(Who who);

// Of the list of commands, and of all commands (XEP-0050).
const std::vector<Identity>& command_list_identities();
const std::vector<std::string_view>& command_features();

// XEP-0115: the hash of what is said there, and the node at which it is answered.
const std::string& caps(Who who);
std::string caps_node(Who who);

// Our presence as it is sent to people; `type` kAvailable or kUnavailable. The views in it are
// those given and constants.
Presence own_presence(std::string_view from, std::string_view to, Who who,
                      PresenceType type = PresenceType::kAvailable);

}  // namespace gateway::xmpp
