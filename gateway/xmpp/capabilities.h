// The XEP-0115 verification string: a hash over identities and features, put into presence so that
// clients ask for service discovery once and not at every login.
//
// Pure. Compute it once at start-up; the same identities and features must be what DiscoInfo
// answers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/xmpp/render.h"

namespace gateway::xmpp {

// Base64 of the SHA-1 that XEP-0115 section 5.1 defines; order of the arguments does not matter.
std::string caps_version(std::span<const Identity> identities,
                         std::span<const std::string_view> features);

}  // namespace gateway::xmpp
