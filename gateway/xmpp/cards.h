// Cards: vCards (XEP-0054) of the service and of people, each with a picture (avatar.h), whose hash
// stands in presence (XEP-0153).
//
// A person's is what `whois` says, under the same rules: there is none of somebody unknown, or of
// somebody who blocks who asks. Clients ask for the cards of all their contacts at once: it is
// charged as a query, not as a command.
#pragma once

#include <string_view>

#include "bridge/base/time.h"
#include "gateway/xmpp/clerk.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

class Cards {
 public:
  // All outlive this.
  Cards(const Settings& settings, Outbox& outbox, Clerk& clerk)
      : settings_(settings), outbox_(outbox), clerk_(clerk) {}

  // An iq of type get with a <vCard/>.
  void on_get(const Stanza& iq, bridge::base::Time now);

 private:
  void show(const Stanza& iq, std::string_view name, std::string_view about,
            std::string_view avatar_name);

  const Settings& settings_;
  Outbox& outbox_;
  Clerk& clerk_;
};

}  // namespace gateway::xmpp
