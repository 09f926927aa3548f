// Registration in band (XEP-0077), at the bot and at our domain: a form to join with, for clients
// that offer one. Joining is `join`, another nick is `rename`, removing is `quit`. With a form
// (XEP-0004) or without.
#pragma once

#include <string>
#include <string_view>

#include "bridge/base/time.h"
#include "gateway/xmpp/admission.h"
#include "gateway/xmpp/clerk.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

class Registration {
 public:
  // All outlive this.
  Registration(const Settings& settings, Outbox& outbox, Clerk& clerk, Attendance& attendance,
               Admission& admission)
      : settings_(settings),
        outbox_(outbox),
        clerk_(clerk),
        attendance_(attendance),
        admission_(admission) {}

  // An iq with jabber:iq:register, of type get or set.
  void on_register(const Stanza& iq, bridge::base::Time now);

 private:
  void show(const Stanza& iq, bridge::base::Time now);
  void show_blank(const Stanza& iq);
  void submit(const Stanza& iq, bridge::base::Time now);
  void run(const Stanza& iq, const command::Command& command, bridge::base::Time now);
  void quit(const Stanza& iq, bridge::base::Time now);
  void answer(const Stanza& iq, std::string_view payload);

  const Settings& settings_;
  Outbox& outbox_;
  Clerk& clerk_;
  Attendance& attendance_;
  Admission& admission_;
};

}  // namespace gateway::xmpp
