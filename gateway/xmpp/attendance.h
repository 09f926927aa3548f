// Attendance: presence stanzas: who subscribes to whom, and who is there.
//
// The bot and our bare domain accept every subscription and ask for one in return, because delivery
// depends on seeing the person. Subscribing to a contact (nick@our domain) is following it,
// unsubscribing is leaving it; only presence towards the bot or the domain says who is there.
// A presence error means that the person cannot be reached: away. `unsubscribed` changes nothing
// about that: it also answers a probe of somebody who sent their presence directly, without a
// subscription, and a true withdrawal comes with `unavailable`.
//
// A probe never follows a request to subscribe that may be unanswered: Prosody answers the probe by
// refusing in the person's name, forgets the request, and their approval then counts for nothing.
// So presence is asked for when they have approved. Probes after a (re)connect cannot know; whoever
// refuses one is asked to subscribe again, once a day at most, for they may be waiting for posts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/base/time.h"
#include "gateway/command/command.h"
#include "gateway/xmpp/asker.h"
#include "gateway/xmpp/guard.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/people.h"
#include "gateway/xmpp/presence_feed.h"
#include "gateway/xmpp/probed.h"
#include "gateway/xmpp/settings.h"
#include "gateway/xmpp/stanza.h"
#include "throttle/keyed_limiter.h"

namespace gateway::xmpp {

class Attendance {
 public:
  // All outlive this.
  Attendance(const Settings& settings, Guard& guard, Outbox& outbox, Asker& asker, People& people,
             PresenceFeed& feed)
      : settings_(settings),
        guard_(guard),
        outbox_(outbox),
        asker_(asker),
        people_(people),
        feed_(feed),
        reminders_(settings.limits.keys) {}

  void on_presence(const Stanza& presence, bridge::base::Time now);

  // A delivery to this person came back.
  void unreachable(const std::string& bare);

  // To be added to what somebody is told who has just joined: nothing if we see them.
  std::string_view please_show(const std::string& bare) const;

  // After whatever was answered to a person: if they have joined, or have moved here from another
  // address, asks them to let us see them, and tells that other one.
  void welcome(const std::string& bare, const wire::Reply& reply);
  // Asks where somebody is whom we may be allowed to see, and shows ourselves.
  void probe(const std::string& bare, bridge::base::Time now);

 private:
  void available(const Stanza& presence, bridge::base::Time now);
  void accept(const Stanza& presence);
  void part(const Stanza& presence);
  void approved(const Stanza& presence);
  void approve(const Stanza& asked, std::string_view nick);
  void not_shown(const Stanza& presence, bridge::base::Time now);
  void follow(const Stanza& presence, bridge::base::Time now);
  void leave(const Stanza& presence, bridge::base::Time now);
  void answer_probe(const Stanza& presence);
  void invite(const std::string& bare);
  void say_goodbye(const std::string& bare, std::string_view nick, std::string_view moved_to);
  void tell(const std::string& bare, std::optional<bool> change);
  void send(const Stanza& answered, PresenceType type);

  const Settings& settings_;
  Guard& guard_;
  Outbox& outbox_;
  Asker& asker_;
  People& people_;
  PresenceFeed& feed_;
  Probed probed_;
  throttle::KeyedLimiter reminders_;  // by bare address: requests to subscribe after a probe
};

}  // namespace gateway::xmpp
