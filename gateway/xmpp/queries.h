// Queries: answers to iq stanzas: service discovery, ping, version; what is a command's, a
// registration or a card is theirs (commands.h, registration.h, cards.h); an error for any other
// get or set, as an iq must always be answered. Results and errors are not.
#pragma once

#include "bridge/base/time.h"
#include "gateway/xmpp/cards.h"
#include "gateway/xmpp/commands.h"
#include "gateway/xmpp/guard.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/registration.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

class Queries {
 public:
  // All outlive this.
  Queries(const Settings& settings, const House& house, Guard& guard, Outbox& outbox,
          Commands& commands, Registration& registration, Cards& cards)
      : settings_(settings),
        house_(house),
        guard_(guard),
        outbox_(outbox),
        commands_(commands),
        registration_(registration),
        cards_(cards) {}

  void on_iq(const Stanza& iq, bridge::base::Time now);

 private:
  bool hand_on(const Stanza& iq, bridge::base::Time now);
  void answer_get(const Stanza& iq, bridge::base::Time now);
  void answer_info(const Stanza& iq);
  void answer_items(const Stanza& iq);
  void refuse(const Stanza& iq, ErrorType type, std::string_view condition);

  const Settings& settings_;
  const House& house_;
  Guard& guard_;
  Outbox& outbox_;
  Commands& commands_;
  Registration& registration_;
  Cards& cards_;
};

}  // namespace gateway::xmpp
