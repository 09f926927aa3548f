// Commands as forms (XEP-0050, XEP-0004): every listed command of the catalog, at the bot and at
// our domain.
//
// A command without fields is done at once; any other is a form, made of its fields, that comes
// back filled in. Where something is chosen from what one has (a track to end), the bridge is asked
// for it first. What cannot be undone is a form too, that says so. One form for each command, so
// there is nothing to go back to: `complete` and `cancel` are what can be done with it. What is
// done says so in a note, in the words of the chat; what is not is a stanza error, and the form may
// be sent again.
#pragma once

#include <string>
#include <vector>

#include "bridge/base/time.h"
#include "gateway/command/catalog.h"
#include "gateway/xmpp/clerk.h"
#include "gateway/xmpp/form_sessions.h"
#include "gateway/xmpp/house.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/render.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

// The command of that node; null: there is none for somebody who is an operator, or is not.
const command::Entry* command_at(std::string_view node, bool is_operator);

class Commands {
 public:
  // All outlive this.
  Commands(const Settings& settings, const House& house, Outbox& outbox, Clerk& clerk,
           Attendance& attendance)
      : house_(house),
        outbox_(outbox),
        clerk_(clerk),
        attendance_(attendance),
        sessions_(settings.forms_max, settings.form_within) {}

  // An iq of type set with a <command/>, to the bot or our domain.
  void on_command(const Stanza& iq, bridge::base::Time now);

  void expire(bridge::base::Time now) { sessions_.expire(now); }
  std::size_t sessions() const { return sessions_.size(); }

 private:
  // What an answer says of the command it is about.
  struct Stage {
    std::string_view node;  // of the catalog
    std::string session;    // empty: done at once
    std::string_view status;
  };

  void begin(const Stanza& iq, const command::Entry& entry, bridge::base::Time now);
  void offer(const Stanza& iq, const command::Entry& entry, const wire::Reply& listed,
             bridge::base::Time now);
  void go_on(const Stanza& iq, const command::Entry& entry, bridge::base::Time now);
  void run(const Stanza& iq, command::Command filled_in, bridge::base::Time now);
  void show_form(const Stanza& iq, const command::Entry& entry, std::vector<std::string> choices,
                 bridge::base::Time now);
  void finish(const Stanza& iq, const Stage& stage, std::string_view note);
  void answer(const Stanza& iq, const Stage& stage, std::string_view inside);

  const House& house_;
  Outbox& outbox_;
  Clerk& clerk_;
  Attendance& attendance_;
  FormSessions sessions_;
};

}  // namespace gateway::xmpp
