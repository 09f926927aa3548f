// A delivery as a stanza, and what comes back for one.
//
// The id is `p<post id>`, so that a bounce, a receipt and (later) a reply or reaction need no state
// here. Bodies: "alice: text" for a post of somebody followed, "[nyc] alice: text" for a tracked
// phrase, "(direct) alice: text" for a message to this person alone. What corrects a post or takes
// it back has an id of its own and names that of the post (XEP-0308, XEP-0424). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/client/backbone.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

std::string delivery_body(const wire::Item& item, const wire::Recipient& recipient);

// Appends the stanza. A delivery that waited carries when it was written (XEP-0203).
void render_delivery(std::string& out, const Settings& settings, const wire::Item& item,
                     const wire::Recipient& recipient);

// The number of an id that is this letter and digits; nullopt for any other id.
std::optional<std::uint64_t> parse_numbered_id(char letter, std::string_view id);

// The post id of `p<digits>`; nullopt for any other id.
std::optional<std::uint64_t> parse_delivery_id(std::string_view id);

// Why a delivery came back, from its error stanza. OFFLINE: no client takes it now. UNREACHABLE:
// the way there is broken for now. BOUNCED: refused or nobody of that name.
wire::Nack::Reason bounce_reason(const Stanza& error);

}  // namespace gateway::xmpp
