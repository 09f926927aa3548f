// A digest as a stanza: how many posts wait that are not sent one by one, and how to get them.
//
//   "87 more for nyc since 14:02: say `more nyc`"
//
// The id is `d<digest id>`, so that a bounce needs no state here. Times are those of the
// recipient's clock: the time alone if it was today, with the day's name within a week, else the
// date. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/client/backbone.h"
#include "gateway/xmpp/settings.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

// Never empty for a digest that counts anything.
std::string digest_body(const wire::Digest& digest);

// Appends the stanza.
void render_digest(std::string& out, const Settings& settings, const wire::Digest& digest);

// The id of `d<digits>`; nullopt for any other id.
std::optional<std::uint64_t> parse_digest_id(std::string_view id);

}  // namespace gateway::xmpp
