// The question whether somebody wants to be signed in on the website (XEP-0070), as a stanza.
//
// To the bare address, from the bot, with a body for clients that do not know the element: what
// they write back are the commands `confirm` and `deny`. No server is to store it: it is over in
// minutes.
#pragma once

#include <string>

#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/settings.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

std::string sign_in_body(const wire::SignInQuestion& question);
void push_sign_in_question(Outbox& outbox, const Settings& settings,
                           const wire::SignInQuestion& question);

}  // namespace gateway::xmpp
