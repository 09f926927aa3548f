// Clerk: has a command done for who sent an iq: what a form, a registration or a question about a
// contact come down to.
//
//   clerk.run(iq, command, id, now, [=](const wire::Reply& reply) { ... the result ... });
//
// The same commands and limits as in chat. What is refused, by a limit or by the bridge, is
// answered with an error stanza here; so each iq gets exactly one answer.
#pragma once

#include <functional>
#include <string_view>

#include "bridge/base/time.h"
#include "gateway/command/command.h"
#include "gateway/xmpp/admission.h"
#include "gateway/xmpp/asker.h"
#include "gateway/xmpp/attendance.h"
#include "gateway/xmpp/counters.h"
#include "gateway/xmpp/guard.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/refusal.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

class Clerk {
 public:
  using Done = std::function<void(const wire::Reply&)>;

  // All outlive this.
  Clerk(Guard& guard, Outbox& outbox, Asker& asker, Attendance& attendance, Admission& admission,
        Counters& counters)
      : guard_(guard),
        outbox_(outbox),
        asker_(asker),
        attendance_(attendance),
        admission_(admission),
        counters_(counters) {}

  // `client_id` as in to_request(). `done` gets what is no error, and has to answer. The second is
  // asked about an error first: true when it was answered there.
  void run(const Stanza& iq, const command::Command& command, std::string_view client_id,
           bridge::base::Time now, Done done, std::function<bool(const wire::Error&)> handled = {});

  // A question that charges no command: whoever asks has charged a query.
  void look_up(const Stanza& iq, const command::Command& question, bridge::base::Time now,
               Done done);

  void refuse(const Stanza& iq, const Refusal& refusal);

 private:
  void ask(const Stanza& iq, const command::Command& command, wire::Request request,
           bridge::base::Time now, Done done, std::function<bool(const wire::Error&)> handled);

  Guard& guard_;
  Outbox& outbox_;
  Asker& asker_;
  Attendance& attendance_;
  Admission& admission_;
  Counters& counters_;
};

// What an answer needs of an iq, without what it carries.
Stanza head_of(const Stanza& iq);

}  // namespace gateway::xmpp
