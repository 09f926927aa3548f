#include "gateway/xmpp/dialogue.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "gateway/command/nick.h"
#include "gateway/command/overloaded.h"
#include "gateway/command/texts.h"
#include "gateway/command/words.h"
#include "gateway/xmpp/delivery_stanza.h"
#include "gateway/xmpp/identity.h"
#include "gateway/xmpp/run_name.h"

namespace gateway::xmpp {
namespace {

constexpr std::size_t kClientIdBytesMax = 128;  // the wire's bound

constexpr std::string_view kWhichPost =
    "I do not know which post that is about, so nothing has happened. `del #N` takes back post N, "
    "and `post TEXT` posts anew.";

}  // namespace

Dialogue::Dialogue(const Settings& settings, const House& house, Guard& guard, Outbox& outbox,
                   Asker& asker, Attendance& attendance, Admission& admission, Counters& counters)
    : settings_(settings),
      house_(house),
      guard_(guard),
      outbox_(outbox),
      asker_(asker),
      attendance_(attendance),
      admission_(admission),
      counters_(counters),
      confirmations_(settings.confirmations_max, settings.confirm_within),
      told_(std::chrono::hours(24), settings.confirmations_max),
      id_prefix_(random_run_name() + "-") {}

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
  if (!message.retracts.empty()) return command::Command{command::find("del")};
  command::Parsed parsed =
      command::as_said_by(house_.is_operator(message.from), command::parse(*message.body));
  const bool for_machines = std::holds_alternative<command::Encrypted>(parsed) ||
                            std::holds_alternative<command::Automatic>(parsed) ||
                            std::holds_alternative<command::Ignored>(parsed);
  if (for_machines) return parsed;
  const std::string text(command::trim(*message.body));
  if (who_is(settings_, message.to) == Who::kContact)
    return command::Command{command::find("d"), {{"nick", message.to.local}, {"text", text}}};
  const auto post = parse_delivery_id(message.reply_to);
  return post ? command::about_post(std::move(parsed), *post) : parsed;
}

// False: it was told to wait.
bool Dialogue::admit(const Talk& talk, bridge::base::Time now) {
  const auto refusal = guard_.refuse_command(talk.person, now);
  if (!refusal) return true;
  ++counters_.limited;
  refuse(talk, *refusal);
  return false;
}

void Dialogue::on_message(const Stanza& message, bridge::base::Time now) {
  const bool chat = message.type.empty() || message.type == "chat" || message.type == "normal";
  if (!chat || message.from.local.empty() || message.from.domain == settings_.domain) {
    ++counters_.ignored;
    return;
  }
  if (!message.reacts_to.empty()) return react(message, now);
  const bool confirms = !message.confirms.empty() && who_is(settings_, message.to) != Who::kContact;
  if (confirms) {
    const Talk talk = talk_of(message);
    if (!admit(talk, now)) return;
    ++counters_.commands;
    return obey(talk, {command::find("confirm"), {{"id", message.confirms}}}, now);
  }
  if (!message.body && message.retracts.empty()) {
    ++counters_.ignored;
    return;
  }
  const command::Parsed parsed = understand(message);
  if (std::holds_alternative<command::Ignored>(parsed)) {
    ++counters_.ignored;
    return;
  }
  const Talk talk = talk_of(message);
  if (!admit(talk, now)) return;
  if (who_is(settings_, message.to) == Who::kContact && !command::is_nick(message.to.local)) {
    outbox_.push_error_for(message, ErrorType::kCancel, condition::kItemNotFound, {});
    return;
  }
  ++counters_.commands;
  if (change(talk, message, parsed, now)) return;
  std::visit(command::overloaded{
                 [&](const command::Command& command) { obey(talk, command, now); },
                 [&](const command::Ignored&) {},
                 [&](const command::Encrypted& e) {
                   say_once(talk, "encrypted", command::answer(e), now);
                 },
                 [&](const command::Automatic& a) {
                   say_once(talk, "automatic", command::answer(a), now);
                 },
                 [&](const auto& not_understood) { say(talk, command::answer(not_understood)); },
             },
             parsed);
}

// Of one that was no post, whoever corrects it wanted something else: a command is one, whatever it
// corrects, but a text is not posted by it.
bool Dialogue::change(const Talk& talk, const Stanza& message, const command::Parsed& parsed,
                      bridge::base::Time now) {
  const auto* command = std::get_if<command::Command>(&parsed);
  const bool text = command && (command->is("post") || command->is("r"));
  const bool corrects = !message.replaces.empty() && text;
  if (!corrects && message.retracts.empty()) return false;
  const auto post =
      recent_posts_.find(talk.person.bare(), corrects ? message.replaces : message.retracts);
  if (!post) {
    say(talk, std::string(kWhichPost));
    return true;
  }
  const std::string number = fmt::format("#{}", *post);
  if (corrects)
    obey(talk, {&command::correction(), {{"post", number}, {"text", command->values.text("text")}}},
         now);
  else
    obey(talk, {command::find("del"), {{"post", number}}}, now);
  return true;
}

void Dialogue::react(const Stanza& message, bridge::base::Time now) {
  const auto post = parse_delivery_id(message.reacts_to);
  if (!post) {
    ++counters_.ignored;
    return;
  }
  const Talk talk = talk_of(message);
  if (!admit(talk, now)) return;
  ++counters_.commands;
  const command::Entry* entry = command::find(message.reacts ? "fav" : "unfav");
  obey(talk, {entry, {{"post", fmt::format("#{}", *post)}}}, now);
}

void Dialogue::on_denial(const Stanza& error, bridge::base::Time now) {
  if (error.from.local.empty() || who_is(settings_, error.to) == Who::kContact) return;
  if (guard_.refuse_command(error.from, now)) {
    ++counters_.limited;
    return;
  }
  ++counters_.commands;
  const command::Command deny{command::find("deny"), {{"id", error.confirms}}};
  auto request = command::to_request(deny, {});
  request->mutable_actor()->set_address(error.from.bare());
  const bool asked =
      asker_.ask(*request, now,
                 [this, deny, talk = talk_of(error)](const wire::Reply& reply, bridge::base::Time) {
                   if (reply.has_done()) say(talk, command::render_reply(deny, reply));
                 });
  if (!asked) ++counters_.busy;
}

void Dialogue::say_once(const Talk& talk, std::string_view kind, const std::string& text,
                        bridge::base::Time now) {
  if (told_.due(fmt::format("{} {}", kind, talk.person.bare()), now)) say(talk, text);
}

void Dialogue::obey(const Talk& talk, const command::Command& command, bridge::base::Time now) {
  if (command.is("yes")) return agree(talk, command, now);
  if (!command.entry->warning.empty()) {
    confirmations_.keep(talk.person.bare(), {command, talk.client_id}, now);
    return say(talk, command::ask_whether_meant(*command.entry));
  }
  ask(talk, command, now);
}

void Dialogue::ask(const Talk& talk, const command::Command& command, bridge::base::Time now) {
  auto request = command::to_request(command, talk.client_id);
  if (!request) return say(talk, command::render_reply(command, {}));
  if (const auto refusal = admission_.refuse(*request, talk.person, now))
    return refuse(talk, *refusal);
  request->mutable_actor()->set_address(talk.person.bare());
  const bool asked = asker_.ask(
      *request, now, [this, talk, command](const wire::Reply& reply, bridge::base::Time then) {
        answer(talk, command, reply, then);
      });
  if (asked) return;
  ++counters_.busy;
  refuse(talk, too_busy());
}

// To a question before a command: it is done now. To one before a newcomer's first text: the bridge
// has to know first that they mean it.
void Dialogue::agree(const Talk& talk, const command::Command& yes, bridge::base::Time now) {
  const auto waiting = confirmations_.find(talk.person.bare(), now);
  if (!waiting) return say(talk, command::nothing_to_confirm());
  if (waiting->command.values.has("plain")) return ask(talk, yes, now);
  confirmations_.drop(talk.person.bare());
  Talk about_command = talk;
  about_command.client_id = waiting->client_id;
  ask(about_command, waiting->command, now);
}

// The person said yes and the bridge knows it: now their waiting text is a post like any other.
void Dialogue::confirm(const Talk& talk, const command::Command& yes, bridge::base::Time now) {
  const auto waiting = confirmations_.find(talk.person.bare(), now);
  if (!waiting) return say(talk, command::render_reply(yes, {}));
  confirmations_.drop(talk.person.bare());
  Talk about_text = talk;
  about_text.client_id = waiting->client_id;
  ask(about_text, waiting->command, now);
}

void Dialogue::answer(const Talk& talk, const command::Command& command, const wire::Reply& reply,
                      bridge::base::Time now) {
  if (reply.has_error()) {
    answer_error(talk, command, reply.error(), now);
  } else if (command.is("yes")) {
    confirm(talk, command, now);
  } else {
    if (reply.has_published() && (command.is("post") || command.is("r")))
      recent_posts_.keep(talk.person.bare(), talk.client_id, reply.published().id());
    std::string text = command::render_reply(command, reply);
    const bool arrived = reply.has_joined() || reply.has_moved();
    if (arrived) text += attendance_.please_show(talk.person.bare());
    say(talk, text);
    if (arrived) attendance_.welcome(talk.person.bare(), reply);
  }
}

void Dialogue::answer_error(const Talk& talk, const command::Command& command,
                            const wire::Error& error, bridge::base::Time now) {
  if (error.code() == wire::UNCONFIRMED) {
    confirmations_.keep(talk.person.bare(), {command, talk.client_id}, now);
    say(talk, command::ask_for_yes(command.values["text"]));
    return;
  }
  if (error.code() == wire::UNAVAILABLE) ++counters_.away;
  refuse(talk, refusal_of(error.code(), command::render_error(command, error)));
}

void Dialogue::say(const Talk& talk, const std::string& text) {
  const std::string theirs = talk.person.full();
  if (talk.receipt) {
    outbox_.push(Chat{.from = talk.ours, .to = theirs, .id = {}, .receipt_for = talk.id});
  }
  outbox_.push(Chat{.from = talk.ours, .to = theirs, .id = {}, .body = text, .active = true});
}

// What waiting mends is a stanza error, the rest is said.
void Dialogue::refuse(const Talk& talk, const Refusal& refusal) {
  if (refusal.type != ErrorType::kWait) return say(talk, refusal.text);
  const std::string theirs = talk.person.full();
  outbox_.push(ErrorReply{.name = Stanza::Name::kMessage,
                          .from = talk.ours,
                          .to = theirs,
                          .id = talk.id,
                          .type = refusal.type,
                          .condition = refusal.condition,
                          .text = refusal.text});
}

}  // namespace gateway::xmpp
