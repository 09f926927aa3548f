#include "gateway/xmpp/registration.h"

#include <utility>

#include "gateway/command/form.h"
#include "gateway/xmpp/data_form.h"
#include "gateway/xmpp/identity.h"
#include "gateway/xmpp/xml_text.h"

namespace gateway::xmpp {
namespace {

constexpr std::string_view kNamespace = "jabber:iq:register";
constexpr std::string_view kOpen = "<query xmlns='jabber:iq:register'>";

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  append_text(out, text);
  out.append("</").append(name).append(">");
}

// Clients without forms know a field called username rather than one called nick.
command::Submitted as_filled_in(const Stanza& iq) {
  command::Submitted fields = iq.form ? iq.form->fields : command::Submitted{};
  for (auto& [name, values] : fields)
    if (name == "username") name = "nick";
  return fields;
}

}  // namespace

void Registration::on_register(const Stanza& iq, bridge::base::Time now) {
  if (iq.type == "get") return show(iq, now);
  if (iq.form && iq.form->cancelled) return answer(iq, {});
  if (!iq.unregisters) return submit(iq, now);
  if (!iq.form) return quit(iq, now);
  clerk_.refuse(iq, {ErrorType::kModify, condition::kBadRequest,
                     "Either leave or register: both at once is neither."});
}

void Registration::show(const Stanza& iq, bridge::base::Time now) {
  const auto show_name = [this, iq = head_of(iq)](const wire::Reply& reply) {
    std::string payload(kOpen);
    payload += "<registered/>";
    append_element(payload, "instructions",
                   "You are " + reply.numbers().nick() +
                       " here. Another nick changes that, and the old one does not come back.");
    append_element(payload, "nick", reply.numbers().nick());
    append_form(payload, command::form_of(*command::find("rename"), {}), kNamespace);
    answer(iq, payload + "</query>");
  };
  const auto unknown = [this, iq = head_of(iq)](const wire::Error& error) {
    if (error.code() != wire::NOT_JOINED) return false;
    show_blank(iq);
    return true;
  };
  clerk_.run(iq, {command::find("stats"), {}}, {}, now, show_name, unknown);
}

void Registration::show_blank(const Stanza& iq) {
  if (const auto refusal = admission_.refuse_always(iq.from)) return clerk_.refuse(iq, *refusal);
  const command::Form form = command::form_of(*command::find("join"), {});
  std::string payload(kOpen);
  append_element(payload, "instructions", form.instructions);
  payload += "<nick/>";
  append_form(payload, form, kNamespace);
  answer(iq, payload + "</query>");
}

// Whoever is a member already wants another nick.
void Registration::submit(const Stanza& iq, bridge::base::Time now) {
  const auto values = command::read_form(*command::find("join"), as_filled_in(iq));
  if (!values)
    return clerk_.refuse(iq, {ErrorType::kModify, condition::kNotAcceptable, values.error().text});
  const auto rename = [this, iq = head_of(iq), values = *values, now](const wire::Reply&) {
    run(iq, {command::find("rename"), values}, now);
  };
  const auto join = [this, iq = head_of(iq), values = *values, now](const wire::Error& error) {
    if (error.code() != wire::NOT_JOINED) return false;
    run(iq, {command::find("join"), values}, now);
    return true;
  };
  clerk_.run(iq, {command::find("stats"), {}}, {}, now, rename, join);
}

void Registration::run(const Stanza& iq, const command::Command& command, bridge::base::Time now) {
  clerk_.run(iq, command, {}, now, [this, iq = head_of(iq), command](const wire::Reply& reply) {
    answer(iq, {});
    // The answer itself has no room for a word of welcome.
    const std::string bot = settings_.bot_jid();
    const std::string theirs = iq.from.bare();
    std::string text = command::render_reply(command, reply);
    if (reply.has_joined()) text += attendance_.please_show(theirs);
    outbox_.push(Chat{.from = bot, .to = theirs, .id = {}, .body = text, .nick = kServiceName});
  });
}

void Registration::quit(const Stanza& iq, bridge::base::Time now) {
  clerk_.run(iq, {command::find("quit"), {}}, {}, now,
             [this, iq = head_of(iq)](const wire::Reply&) { answer(iq, {}); });
}

void Registration::answer(const Stanza& iq, std::string_view payload) {
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  outbox_.push(IqResult{.from = ours, .to = theirs, .id = iq.id, .payload = payload});
}

}  // namespace gateway::xmpp
