#include "gateway/xmpp/attendance.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "gateway/command/command.h"
#include "gateway/command/nick.h"
#include "gateway/xmpp/identity.h"

namespace gateway::xmpp {
namespace {

// Whoever does not want to be seen is not asked all the time, even if a connection comes and goes.
const throttle::Policy kReminders = policy("1/1d");

// {0}: who; {1}: the new address.
constexpr std::string_view kMoved =
    "{0} has moved to {1}, as was asked for from here and said yes to from there. You get nothing "
    "more at this address. If that was not you, tell whoever runs this service.";

// A refusal to let us see presence. It says nothing about whether somebody is there: they may have
// sent us theirs directly, without a subscription.
bool only_not_shown(const Stanza& error) {
  const std::string_view condition = error.error_condition;
  return error.error_type == "auth" || condition == condition::kForbidden ||
         condition == condition::kNotAllowed || condition == "not-authorized" ||
         condition == "subscription-required";
}

}  // namespace

void Attendance::tell(const std::string& bare, std::optional<bool> change) {
  if (change) feed_.add(bare, *change);
}

// To whoever sent `answered`, from the address they wrote to; both bare.
void Attendance::send(const Stanza& answered, PresenceType type) {
  const std::string ours = answered.to.bare();
  const std::string theirs = answered.from.bare();
  outbox_.push(own_presence(ours, theirs, who_is(settings_, answered.to), type));
}

// They may follow from now on; `nick` as its owner writes it.
void Attendance::approve(const Stanza& asked, std::string_view nick) {
  const std::string ours = asked.to.bare();
  const std::string theirs = asked.from.bare();
  Presence approval = own_presence(ours, theirs, Who::kContact, PresenceType::kSubscribed);
  approval.nick = nick;
  outbox_.push(approval);
  send(asked, PresenceType::kAvailable);
}

void Attendance::on_presence(const Stanza& presence, bridge::base::Time now) {
  if (presence.from.local.empty() || presence.from.domain == settings_.domain) return;
  const bool contact = who_is(settings_, presence.to) == Who::kContact;
  const std::string_view type = presence.type;
  if (type.empty()) {
    if (!contact) available(presence, now);
    return;
  }
  if (type == "unavailable" || (type == "error" && !only_not_shown(presence))) {
    if (!contact) tell(presence.from.bare(), people_.unavailable(presence.from, presence.to));
    return;
  }
  // What is left gets an answer, which is limited: a flood of them is not echoed.
  if (!guard_.query(presence.from, now)) return;
  if (type == "subscribed") {
    if (!contact) approved(presence);
  } else if (type == "unsubscribed" || type == "error") {
    if (!contact) not_shown(presence, now);
  } else if (type == "subscribe") {
    contact ? follow(presence, now) : accept(presence);
  } else if (type == "unsubscribe") {
    contact ? leave(presence, now) : part(presence);
  } else if (type == "probe") {
    answer_probe(presence);
  }
}

void Attendance::available(const Stanza& presence, bridge::base::Time now) {
  const bool known = people_.knows(presence.from, presence.to);
  probed_.take(presence.from.bare(), now);  // answered: a refusal that comes now is a withdrawal
  tell(presence.from.bare(),
       people_.available(presence.from, presence.to, presence.priority, presence.show));
  if (!known && guard_.query(presence.from, now)) {
    const std::string ours = presence.to.bare();
    const std::string theirs = presence.from.full();
    outbox_.push(own_presence(ours, theirs, who_is(settings_, presence.to)));
  }
}

void Attendance::accept(const Stanza& presence) {
  send(presence, PresenceType::kSubscribed);
  send(presence, PresenceType::kAvailable);
  // Presence from no client: another service, which would ask back as we do, for ever.
  if (people_.knows(presence.from, presence.to)) return;
  send(presence, PresenceType::kSubscribe);
}

// A server that had approved long ago says so again, and need not show us where they are.
void Attendance::approved(const Stanza& presence) {
  if (!people_.is_available(presence.from.bare())) send(presence, PresenceType::kProbe);
}

void Attendance::not_shown(const Stanza& presence, bridge::base::Time now) {
  const std::string bare = presence.from.bare();
  if (!probed_.take(bare, now) || !reminders_.decide(bare, kReminders, now).admitted()) return;
  send(presence, PresenceType::kSubscribe);
}

void Attendance::part(const Stanza& presence) {
  send(presence, PresenceType::kUnsubscribed);
  send(presence, PresenceType::kUnavailable);
}

void Attendance::answer_probe(const Stanza& presence) {
  const bool contact = who_is(settings_, presence.to) == Who::kContact;
  if (contact && !command::is_nick(presence.to.local)) {
    send(presence, PresenceType::kUnsubscribed);
    return;
  }
  const std::string ours = presence.to.bare();
  const std::string theirs = presence.from.full();
  outbox_.push(own_presence(ours, theirs, who_is(settings_, presence.to)));
}

void Attendance::follow(const Stanza& presence, bridge::base::Time now) {
  if (!command::is_nick(presence.to.local)) {
    send(presence, PresenceType::kUnsubscribed);
    return;
  }
  const command::Command follow{command::find("follow"), {{"nick", presence.to.local}}};
  wire::Request request = *command::to_request(follow, {});
  request.mutable_actor()->set_address(presence.from.bare());
  const bool asked = asker_.ask(
      request, now, [this, presence, follow](const wire::Reply& reply, bridge::base::Time) {
        if (!reply.has_error()) return approve(presence, reply.done().nick());
        if (reply.error().code() == wire::UNAVAILABLE || reply.error().code() == wire::BUSY) {
          outbox_.push_error_for(presence, ErrorType::kWait, condition::kRemoteServerTimeout,
                                 command::render_reply(follow, reply));
          return;
        }
        send(presence, PresenceType::kUnsubscribed);
        const std::string bot = settings_.bot_jid();
        const std::string theirs = presence.from.bare();
        const std::string text = command::render_reply(follow, reply);
        outbox_.push(Chat{.from = bot, .to = theirs, .id = {}, .body = text});
      });
  if (!asked) {
    outbox_.push_error_for(presence, ErrorType::kWait, condition::kResourceConstraint, {});
  }
}

void Attendance::leave(const Stanza& presence, bridge::base::Time now) {
  send(presence, PresenceType::kUnsubscribed);
  send(presence, PresenceType::kUnavailable);
  if (!command::is_nick(presence.to.local)) return;
  const command::Command leave{command::find("leave"), {{"nick", presence.to.local}}};
  wire::Request request = *command::to_request(leave, {});
  request.mutable_actor()->set_address(presence.from.bare());
  const bool asked =
      asker_.ask(request, now, [this, presence](const wire::Reply& reply, bridge::base::Time) {
        // The contact is gone from their list whatever we say: only a failure is news.
        const auto code = reply.error().code();
        if (code != wire::UNAVAILABLE && code != wire::BUSY) return;
        const std::string bot = settings_.bot_jid();
        const std::string theirs = presence.from.bare();
        const std::string text = "You still follow " + presence.to.local +
                                 ": that could not be changed just now. Later, say: `leave " +
                                 presence.to.local + "`";
        outbox_.push(Chat{.from = bot, .to = theirs, .id = {}, .body = text});
      });
  if (!asked) {
    outbox_.push_error_for(presence, ErrorType::kWait, condition::kResourceConstraint, {});
  }
}

void Attendance::unreachable(const std::string& bare) {
  tell(bare, people_.unreachable(bare));
}

std::string_view Attendance::please_show(const std::string& bare) const {
  if (people_.is_available(bare)) return {};
  return " Please accept my contact request: I only write when I can see that you are there.";
}

void Attendance::welcome(const std::string& bare, const wire::Reply& reply) {
  if (reply.has_joined() || reply.has_moved()) invite(bare);
  if (reply.has_moved() && !reply.moved().from().empty())
    say_goodbye(reply.moved().from(), reply.moved().nick(), bare);
}

// The old address may be another gateway's to serve: a message and a presence find it all the same.
void Attendance::say_goodbye(const std::string& bare, std::string_view nick,
                             std::string_view moved_to) {
  const std::string bot = settings_.bot_jid();
  const std::string text = fmt::format(kMoved, nick, moved_to);
  outbox_.push(Chat{.from = bot, .to = bare, .id = {}, .body = text, .nick = kServiceName});
  outbox_.push(own_presence(bot, bare, Who::kBot, PresenceType::kUnsubscribe));
}

void Attendance::invite(const std::string& bare) {
  // The bridge may have forgotten what it heard about somebody it did not know then.
  if (people_.is_available(bare)) feed_.add(bare, true);
  const std::string bot = settings_.bot_jid();
  outbox_.push(own_presence(bot, bare, Who::kBot, PresenceType::kSubscribe));
  outbox_.push(own_presence(bot, bare, Who::kBot));
}

void Attendance::probe(const std::string& bare, bridge::base::Time now) {
  const std::string bot = settings_.bot_jid();
  probed_.add(bare, now);
  outbox_.push(own_presence(bot, bare, Who::kBot, PresenceType::kProbe));
  outbox_.push(own_presence(bot, bare, Who::kBot));
}

}  // namespace gateway::xmpp
