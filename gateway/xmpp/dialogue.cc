#include "gateway/xmpp/dialogue.h"

#include <fmt/format.h>

#include <chrono>
#include <random>
#include <utility>

#include "gateway/command/nick.h"
#include "gateway/command/overloaded.h"
#include "gateway/command/render_reply.h"
#include "gateway/command/request.h"
#include "gateway/command/texts.h"
#include "gateway/command/words.h"
#include "gateway/xmpp/identity.h"

namespace gateway::xmpp {
namespace {

constexpr std::size_t kClientIdBytesMax = 128;  // the wire's bound

constexpr std::string_view kPleaseShow =
    " Please accept my contact request: I only write when I can see that you are there.";

constexpr std::string_view kWhichPost =
    "I do not know which post that is about, so nothing has happened. `del #N` takes back post N, "
    "and "
    "`post TEXT` posts anew.";

std::string random_prefix() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}-", random(), random());
}

// What a wait error is called, by why the bridge refused; empty for errors that waiting won't mend.
std::string_view wait_condition(wire::ErrorCode code) {
  switch (code) {
    case wire::UNAVAILABLE:
      return condition::kRemoteServerTimeout;
    case wire::BUSY:
      return condition::kResourceConstraint;
    case wire::RATE_LIMITED:
      return condition::kPolicyViolation;
    default:
      return {};
  }
}

std::string over_limit(const throttle::Verdict& decision, bridge::base::Time now) {
  if (decision.kind != throttle::Verdict::Kind::kNotBefore) {
    return "Nothing is accepted from this address.";
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(decision.not_before - now).count();
  return fmt::format("That is more than is accepted at once. Try again {}.",
                     command::in_seconds(wait > 0 ? static_cast<std::uint64_t>(wait) : 1));
}

}  // namespace

Dialogue::Dialogue(const Settings& settings, Guard& guard, Outbox& outbox, Asker& asker,
                   Attendance& attendance, Counters& counters)
    : settings_(settings),
      guard_(guard),
      outbox_(outbox),
      asker_(asker),
      attendance_(attendance),
      counters_(counters),
      confirmations_(settings.confirmations_max, settings.confirm_within),
      id_prefix_(random_prefix()) {}

Dialogue::Talk Dialogue::talk_of(const Stanza& message) {
  Talk talk{.person = message.from,
            .ours = message.to.bare(),
            .id = message.id,
            .client_id = message.origin_id.empty() ? message.id : message.origin_id,
            .receipt = message.receipt_requested && !message.id.empty()};
  if (talk.client_id.empty()) talk.client_id = id_prefix_ + std::to_string(next_id_++);
  if (talk.client_id.size() > kClientIdBytesMax) talk.client_id.resize(kClientIdBytesMax);
  return talk;
}

// A chat to the bot or the domain is a command; a chat to a contact is a direct message, whatever
// it begins with.
command::Parsed Dialogue::understand(const Stanza& message) const {
  // What it says is for clients that do not know retractions.
  if (!message.retracts.empty()) return command::Command{command::Delete{}};
  command::Parsed parsed = command::parse(*message.body);
  const bool for_machines = std::holds_alternative<command::Encrypted>(parsed) ||
                            std::holds_alternative<command::Ignored>(parsed);
  if (for_machines || who_is(settings_, message.to) != Who::kContact) return parsed;
  return command::Command{
      command::Direct{message.to.local, std::string(command::trim(*message.body))}};
}

void Dialogue::on_message(const Stanza& message, bridge::base::Time now) {
  const bool chat = message.type.empty() || message.type == "chat" || message.type == "normal";
  const bool says_something = message.body || !message.retracts.empty();
  if (!chat || !says_something || message.from.local.empty() ||
      message.from.domain == settings_.domain) {
    ++counters_.ignored;
    return;
  }
  const command::Parsed parsed = understand(message);
  if (std::holds_alternative<command::Ignored>(parsed)) {
    ++counters_.ignored;
    return;
  }
  const Talk talk = talk_of(message);
  if (const auto decision = guard_.command(message.from, now); !decision.admitted()) {
    ++counters_.limited;
    refuse(talk, condition::kPolicyViolation, over_limit(decision, now));
    return;
  }
  if (who_is(settings_, message.to) == Who::kContact && !command::is_nick(message.to.local)) {
    outbox_.push_error_for(message, ErrorType::kCancel, condition::kItemNotFound, {});
    return;
  }
  ++counters_.commands;
  if (change(talk, message, parsed, now)) return;
  std::visit(command::overloaded{
                 [&](const command::Command& command) { obey(talk, command, now); },
                 [&](const command::Ignored&) {},
                 [&](const auto& not_understood) { say(talk, command::answer(not_understood)); },
             },
             parsed);
}

// Of one that was no post, whoever corrects it wanted something else: a command is one, whatever it
// corrects, but a text is not posted by it.
bool Dialogue::change(const Talk& talk, const Stanza& message, const command::Parsed& parsed,
                      bridge::base::Time now) {
  const auto* command = std::get_if<command::Command>(&parsed);
  const auto* text = command ? std::get_if<command::Post>(command) : nullptr;
  const bool corrects = !message.replaces.empty() && text;
  if (!corrects && message.retracts.empty()) return false;
  const std::string& about = corrects ? message.replaces : message.retracts;
  const auto post = recent_posts_.find(talk.person.bare(), about);
  if (!post)
    say(talk, std::string(kWhichPost));
  else if (corrects)
    obey(talk, command::Correct{.post = *post, .text = text->text}, now);
  else
    obey(talk, command::Delete{.post = *post}, now);
  return true;
}

void Dialogue::obey(const Talk& talk, const command::Command& command, bridge::base::Time now) {
  if (const auto* help = std::get_if<command::Help>(&command)) {
    say(talk, command::help_text(*help));
    return;
  }
  if (std::holds_alternative<command::Yes>(command) &&
      !confirmations_.find(talk.person.bare(), now)) {
    say(talk, command::nothing_to_confirm());
    return;
  }
  wire::Request request = *command::to_request(command, talk.client_id);
  request.mutable_actor()->set_address(talk.person.bare());
  const bool asked = asker_.ask(
      request, now, [this, talk, command](const wire::Reply& reply, bridge::base::Time then) {
        answer(talk, command, reply, then);
      });
  if (asked) return;
  ++counters_.busy;
  refuse(talk, condition::kResourceConstraint,
         "There is too much going on here just now. Please send that again in a moment.");
}

// The person said yes and the bridge knows it: now their waiting text is a post like any other.
void Dialogue::confirm(const Talk& talk, bridge::base::Time now) {
  const auto waiting = confirmations_.find(talk.person.bare(), now);
  if (!waiting) {
    say(talk, command::render_reply(command::Yes{}, {}));
    return;
  }
  confirmations_.drop(talk.person.bare());
  Talk about_text = talk;
  about_text.client_id = waiting->client_id;
  obey(about_text, command::Post{.text = waiting->text, .plain = true}, now);
}

void Dialogue::answer(const Talk& talk, const command::Command& command, const wire::Reply& reply,
                      bridge::base::Time now) {
  if (reply.has_error()) {
    answer_error(talk, command, reply.error(), now);
  } else if (std::holds_alternative<command::Yes>(command)) {
    confirm(talk, now);
  } else {
    if (reply.has_published() && std::holds_alternative<command::Post>(command))
      recent_posts_.keep(talk.person.bare(), talk.client_id, reply.published().id());
    std::string text = command::render_reply(command, reply);
    const bool joined = std::holds_alternative<command::Join>(command);
    if (joined && !attendance_.sees(talk.person.bare())) text += kPleaseShow;
    say(talk, text);
    if (joined) attendance_.invite(talk.person.bare());
  }
}

void Dialogue::answer_error(const Talk& talk, const command::Command& command,
                            const wire::Error& error, bridge::base::Time now) {
  const auto* post = std::get_if<command::Post>(&command);
  if (error.code() == wire::UNCONFIRMED && post) {
    confirmations_.keep(talk.person.bare(), {post->text, talk.client_id}, now);
    say(talk, command::ask_for_yes(post->text));
    return;
  }
  const std::string_view wait = wait_condition(error.code());
  if (wait.empty()) {
    say(talk, command::render_error(error));
    return;
  }
  if (error.code() == wire::UNAVAILABLE) ++counters_.away;
  refuse(talk, wait, command::render_error(error));
}

void Dialogue::say(const Talk& talk, const std::string& text) {
  const std::string theirs = talk.person.full();
  if (talk.receipt) {
    outbox_.push(Chat{.from = talk.ours, .to = theirs, .id = {}, .receipt_for = talk.id});
  }
  outbox_.push(Chat{.from = talk.ours, .to = theirs, .id = {}, .body = text, .active = true});
}

void Dialogue::refuse(const Talk& talk, std::string_view condition, const std::string& text) {
  const std::string theirs = talk.person.full();
  outbox_.push(ErrorReply{.name = Stanza::Name::kMessage,
                          .from = talk.ours,
                          .to = theirs,
                          .id = talk.id,
                          .type = ErrorType::kWait,
                          .condition = condition,
                          .text = text});
}

}  // namespace gateway::xmpp
