// Dialogue: chat messages to commands, commands to requests, replies to chat messages.
//
// A message that corrects or takes back (XEP-0308, XEP-0424) the one that became a post does so
// with the post. Every message with a body gets exactly one answer: a chat message, or an error
// stanza of type `wait` when the same message is welcome later (bridge away, over a limit, too
// busy). Not answered: errors, other types than chat and normal, messages without a body, servers,
// and machines, but for once. Nothing is kept while the bridge is away; the one thing kept at all
// is what waits for a `yes` (confirmations.h).
//
// A reply to a delivery (XEP-0461) answers that post, a reaction to it (XEP-0444) makes it a
// favourite; a reply that is nothing but the name of a command is that command about that post. A
// client's own answer to a sign-in question (XEP-0070) is the command `confirm` or `deny`.
#pragma once

#include <cstdint>
#include <string>

#include "bridge/base/sparingly.h"
#include "bridge/base/time.h"
#include "gateway/command/command.h"
#include "gateway/command/parse.h"
#include "gateway/xmpp/admission.h"
#include "gateway/xmpp/asker.h"
#include "gateway/xmpp/attendance.h"
#include "gateway/xmpp/confirmations.h"
#include "gateway/xmpp/counters.h"
#include "gateway/xmpp/guard.h"
#include "gateway/xmpp/house.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/recent_posts.h"
#include "gateway/xmpp/refusal.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

class Dialogue {
 public:
  // All outlive this.
  Dialogue(const Settings& settings, const House& house, Guard& guard, Outbox& outbox, Asker& asker,
           Attendance& attendance, Admission& admission, Counters& counters);

  // Any message but errors and receipts, which are about deliveries.
  void on_message(const Stanza& message, bridge::base::Time now);
  // An error that says no to a sign-in question: never answered with an error.
  void on_denial(const Stanza& error, bridge::base::Time now);

  // Drops what waited too long for a yes.
  void expire(bridge::base::Time now) { confirmations_.expire(now); }

 private:
  // Whom an answer goes to, and what it answers.
  struct Talk {
    Jid person;             // the client that wrote
    std::string ours;       // the address of ours it wrote to, bare
    std::string id;         // of its message
    std::string client_id;  // what makes the message the same when it comes again
    bool receipt = false;   // confirm when done
  };

  Talk talk_of(const Stanza& message);
  command::Parsed understand(const Stanza& message) const;
  // What a message that corrects or takes back an earlier one asks for; true: it was answered.
  bool change(const Talk& talk, const Stanza& message, const command::Parsed& parsed,
              bridge::base::Time now);
  void react(const Stanza& message, bridge::base::Time now);
  bool admit(const Talk& talk, bridge::base::Time now);
  // Says once what concerns all messages of that kind by this person.
  void say_once(const Talk& talk, std::string_view kind, const std::string& text,
                bridge::base::Time now);
  void obey(const Talk& talk, const command::Command& command, bridge::base::Time now);
  void agree(const Talk& talk, const command::Command& yes, bridge::base::Time now);
  void ask(const Talk& talk, const command::Command& command, bridge::base::Time now);
  void confirm(const Talk& talk, const command::Command& yes, bridge::base::Time now);
  void answer(const Talk& talk, const command::Command& command, const wire::Reply& reply,
              bridge::base::Time now);
  void answer_error(const Talk& talk, const command::Command& command, const wire::Error& error,
                    bridge::base::Time now);

  void say(const Talk& talk, const std::string& text);
  void refuse(const Talk& talk, const Refusal& refusal);

  const Settings& settings_;
  const House& house_;
  Guard& guard_;
  Outbox& outbox_;
  Asker& asker_;
  Attendance& attendance_;
  Admission& admission_;
  Counters& counters_;
  Confirmations confirmations_;
  RecentPosts recent_posts_;
  bridge::base::log::Sparingly told_;  // by person, and what they were told
  std::string id_prefix_;              // of this run: ids of another run never repeat
  std::uint64_t next_id_ = 1;          // for messages that came without an id
};

}  // namespace gateway::xmpp
