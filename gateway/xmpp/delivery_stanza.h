// A delivery as a stanza, and what comes back for one.
//
// The id is `p<id>`, so that a bounce, a receipt, a reply or a reaction needs no state here.
// Bodies:
//
//   alice: text (#17)                 a post of somebody followed; its number stands at the end
//   [nyc] alice: text (#17)           caught by a track
//   alice → you: text (#17)           a reply to a post of theirs; to somebody else's: → bob
//   carol reposts alice: text (#17)   the number is that of alice's post
//   (direct) alice: text              to this person alone
//   (announcement) text               of the operators, to everybody
//
// What corrects a post or takes it back has an id of its own and names that of the post (XEP-0308,
// XEP-0424).
//
// Pure.
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
