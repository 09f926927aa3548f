#include "gateway/xmpp/commands.h"

#include <utility>

#include "gateway/command/form.h"
#include "gateway/command/parse.h"
#include "gateway/xmpp/data_form.h"
#include "gateway/xmpp/xml_text.h"

namespace gateway::xmpp {
namespace {

constexpr std::string_view kFormActions = "<actions execute='complete'><complete/></actions>";

Refusal bad(std::string_view problem, std::string text) {
  return {ErrorType::kModify, condition::kBadRequest, std::move(text), problem};
}

bool is_known_action(std::string_view action) {
  return action.empty() || action == "execute" || action == "complete" || action == "cancel" ||
         action == "prev" || action == "next";
}

void append_attribute_of(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("='");
  append_attribute(out, value);
  out += '\'';
}

}  // namespace

const command::Entry* command_at(std::string_view node, bool is_operator) {
  const command::Entry* entry = command::find(node);
  if (!entry || !entry->listed || entry->name != node) return nullptr;
  return is_operator || !command::is_for_operators(*entry) ? entry : nullptr;
}

void Commands::on_command(const Stanza& iq, bridge::base::Time now) {
  const command::Entry* entry = command_at(iq.query_node, house_.is_operator(iq.from));
  const std::string& action = iq.command_action;
  if (!entry) {
    clerk_.refuse(
        iq, {ErrorType::kCancel, condition::kItemNotFound, "There is no command of that name."});
  } else if (!is_known_action(action)) {
    clerk_.refuse(iq, bad("malformed-action", "There is no such action."));
  } else if (!iq.command_session.empty()) {
    go_on(iq, *entry, now);
  } else if (action.empty() || action == "execute") {
    begin(iq, *entry, now);
  } else {
    clerk_.refuse(iq, bad("bad-sessionid", "That goes on with a form: which one is not said."));
  }
}

void Commands::begin(const Stanza& iq, const command::Entry& entry, bridge::base::Time now) {
  if (entry.fields.empty() && entry.warning.empty()) return run(head_of(iq), {&entry, {}}, now);
  if (entry.choices.empty()) return show_form(iq, entry, {}, now);
  const command::Command list{command::find(entry.choices), {}};
  clerk_.run(iq, list, {}, now, [this, iq = head_of(iq), &entry, now](const wire::Reply& listed) {
    offer(iq, entry, listed, now);
  });
}

// Nothing to choose from is all there is to say. More than is listed has to be typed.
void Commands::offer(const Stanza& iq, const command::Entry& entry, const wire::Reply& listed,
                     bridge::base::Time now) {
  std::vector<std::string> choices = command::choices_in(listed);
  if (!choices.empty() || listed.names().total() > 0)
    return show_form(iq, entry, std::move(choices), now);
  const command::Command list{command::find(entry.choices), {}};
  finish(iq, {entry.name, {}, "completed"}, command::render_reply(list, listed));
}

void Commands::show_form(const Stanza& iq, const command::Entry& entry,
                         std::vector<std::string> choices, bridge::base::Time now) {
  std::string inside(kFormActions);
  append_form(inside, command::form_of(entry, std::move(choices)));
  answer(iq, {entry.name, sessions_.open(iq.from.full(), entry, now), "executing"}, inside);
}

void Commands::go_on(const Stanza& iq, const command::Entry& entry, bridge::base::Time now) {
  const std::string client = iq.from.full();
  const std::string& session = iq.command_session;
  const command::Entry* begun = sessions_.find(client, session, now);
  if (!begun) {
    return clerk_.refuse(
        iq, {ErrorType::kCancel, condition::kNotAllowed,
             "This form is no longer waiting for you: begin again.", "session-expired"});
  }
  if (begun != &entry)
    return clerk_.refuse(iq, bad("bad-sessionid", "That form is another command's."));
  if (iq.command_action == "cancel" || (iq.form && iq.form->cancelled)) {
    sessions_.close(client, session);
    return answer(iq, {entry.name, session, "canceled"}, {});
  }
  if (iq.command_action == "prev" || iq.command_action == "next")
    return clerk_.refuse(iq, bad("bad-action", "This form is all there is to the command."));
  auto values = command::read_form(entry, iq.form ? iq.form->fields : command::Submitted{});
  if (!values) return clerk_.refuse(iq, bad("bad-payload", values.error().text));
  run(iq, {&entry, std::move(*values)}, now);
}

// The session makes a publication the same when the form comes twice, and lasts until it is done.
void Commands::run(const Stanza& iq, command::Command filled_in, bridge::base::Time now) {
  const command::Parsed said =
      command::as_said_by(house_.is_operator(iq.from), std::move(filled_in));
  const auto* known = std::get_if<command::Command>(&said);
  if (!known) return clerk_.refuse(iq, bad("bad-payload", "There is no command of that name."));
  const std::string& session = iq.command_session;
  clerk_.run(iq, *known, session, now,
             [this, iq = head_of(iq), command = *known, session](const wire::Reply& reply) {
               std::string text = command::render_reply(command, reply);
               if (reply.has_joined() || reply.has_moved())
                 text += attendance_.please_show(iq.from.bare());
               sessions_.close(iq.from.full(), session);
               finish(iq, {command.entry->name, session, "completed"}, text);
             });
}

void Commands::finish(const Stanza& iq, const Stage& stage, std::string_view note) {
  std::string inside = "<note type='info'>";
  append_text(inside, note);
  inside += "</note>";
  answer(iq, stage, inside);
}

void Commands::answer(const Stanza& iq, const Stage& stage, std::string_view inside) {
  std::string payload = "<command xmlns='http://jabber.org/protocol/commands'";
  append_attribute_of(payload, "node", stage.node);
  if (!stage.session.empty()) append_attribute_of(payload, "sessionid", stage.session);
  append_attribute_of(payload, "status", stage.status);
  payload.append(">").append(inside).append("</command>");
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  outbox_.push(IqResult{.from = ours, .to = theirs, .id = iq.id, .payload = payload});
}

}  // namespace gateway::xmpp
