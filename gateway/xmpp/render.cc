#include "gateway/xmpp/render.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "gateway/xmpp/xml_text.h"

namespace gateway::xmpp {
namespace {

// More than the markup of any stanza here without its texts: one growth at most per stanza.
constexpr std::size_t kMarkupBytes = 512;

void attribute(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "='";
  append_attribute(out, value);
  out += '\'';
}

void attribute_if(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) attribute(out, name, value);
}

void element_if(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += '<';
  out += name;
  out += '>';
  append_text(out, text);
  out += "</";
  out += name;
  out += '>';
}

// `<name from='…' to='…'`, left open for more attributes.
void open_stanza(std::string& out, std::string_view name, std::string_view from,
                 std::string_view to) {
  out.reserve(out.size() + kMarkupBytes);
  out += '<';
  out += name;
  attribute(out, "from", from);
  attribute(out, "to", to);
}

template <class Answer>
void open_result(std::string& out, const Answer& answer) {
  open_stanza(out, "iq", answer.from, answer.to);
  attribute_if(out, "id", answer.id);
  out += " type='result'>";
}

// XEP-0082: 2006-11-22T09:30:00.000Z
void stamp(std::string& out, bridge::base::WallMs wall_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(wall_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                 clock.seconds().count(), clock.subseconds().count());
}

// XEP-0172
void nickname_if(std::string& out, std::string_view nick) {
  if (nick.empty()) return;
  out += "<nick xmlns='http://jabber.org/protocol/nick'>";
  append_text(out, nick);
  out += "</nick>";
}

std::string_view name_of(PresenceType type) {
  switch (type) {
    case PresenceType::kAvailable:
      return "";
    case PresenceType::kUnavailable:
      return "unavailable";
    case PresenceType::kSubscribe:
      return "subscribe";
    case PresenceType::kSubscribed:
      return "subscribed";
    case PresenceType::kUnsubscribe:
      return "unsubscribe";
    case PresenceType::kUnsubscribed:
      return "unsubscribed";
    case PresenceType::kProbe:
      return "probe";
  }
  return "";
}

std::string_view name_of(ErrorType type) {
  switch (type) {
    case ErrorType::kAuth:
      return "auth";
    case ErrorType::kCancel:
      return "cancel";
    case ErrorType::kContinue:
      return "continue";
    case ErrorType::kModify:
      return "modify";
    case ErrorType::kWait:
      return "wait";
  }
  return "cancel";
}

std::string_view name_of(Stanza::Name name) {
  switch (name) {
    case Stanza::Name::kMessage:
      return "message";
    case Stanza::Name::kPresence:
      return "presence";
    case Stanza::Name::kIq:
      return "iq";
  }
  return "message";
}

}  // namespace

void render(std::string& out, const Chat& chat) {
  out.reserve(out.size() + kMarkupBytes + (chat.body ? chat.body->size() : 0));
  open_stanza(out, "message", chat.from, chat.to);
  attribute_if(out, "id", chat.id);
  out += " type='chat'>";
  if (chat.body) {
    out += "<body>";
    append_text(out, *chat.body);
    out += "</body>";
  }
  element_if(out, "thread", chat.thread);
  if (chat.confirm) {
    out += "<confirm xmlns='http://jabber.org/protocol/http-auth'";
    attribute(out, "id", chat.confirm->id);
    attribute(out, "method", chat.confirm->method);
    attribute(out, "url", chat.confirm->url);
    out += "/>";
  }
  if (chat.original_ms) {
    out += "<delay xmlns='urn:xmpp:delay'";
    attribute_if(out, "from", chat.delayed_by);
    out += " stamp='";
    stamp(out, *chat.original_ms);
    out += "'/>";
  }
  if (chat.active) out += "<active xmlns='http://jabber.org/protocol/chatstates'/>";
  if (chat.request_receipt) out += "<request xmlns='urn:xmpp:receipts'/>";
  if (!chat.receipt_for.empty()) {
    out += "<received xmlns='urn:xmpp:receipts'";
    attribute(out, "id", chat.receipt_for);
    out += "/>";
  }
  if (!chat.replaces.empty()) {
    out += "<replace xmlns='urn:xmpp:message-correct:0'";
    attribute(out, "id", chat.replaces);
    out += "/>";
  }
  if (!chat.retracts.empty()) {
    out += "<retract xmlns='urn:xmpp:message-retract:1'";
    attribute(out, "id", chat.retracts);
    out +=
        "/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>"
        "<store xmlns='urn:xmpp:hints'/>";
  }
  if (chat.unstyled) out += "<unstyled xmlns='urn:xmpp:styling:0'/>";
  if (!chat.reply_to.empty()) {
    out += "<reply xmlns='urn:xmpp:reply:0'";
    attribute(out, "to", chat.from);
    attribute(out, "id", chat.reply_to);
    out += "/>";
  }
  nickname_if(out, chat.nick);
  if (!chat.keep) out += "<no-store xmlns='urn:xmpp:hints'/>";
  out += "</message>";
}

void render(std::string& out, const Presence& presence) {
  open_stanza(out, "presence", presence.from, presence.to);
  attribute_if(out, "type", name_of(presence.type));
  out += '>';
  element_if(out, "show", presence.show);
  element_if(out, "status", presence.status);
  nickname_if(out, presence.nick);
  if (!presence.caps_node.empty()) {
    out += "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1'";
    attribute(out, "node", presence.caps_node);
    attribute(out, "ver", presence.caps_version);
    out += "/>";
  }
  if (!presence.photo.empty()) {
    out += "<x xmlns='vcard-temp:x:update'>";
    element_if(out, "photo", presence.photo);
    out += "</x>";
  }
  out += "</presence>";
}

void render(std::string& out, const IqResult& result) {
  out.reserve(out.size() + kMarkupBytes + result.payload.size());
  open_result(out, result);
  out += result.payload;
  out += "</iq>";
}

void render(std::string& out, const PingRequest& ping) {
  open_stanza(out, "iq", ping.from, ping.to);
  attribute(out, "id", ping.id);
  out += " type='get'><ping xmlns='urn:xmpp:ping'/></iq>";
}

void render(std::string& out, const ErrorReply& error) {
  const std::string_view name = name_of(error.name);
  open_stanza(out, name, error.from, error.to);
  attribute_if(out, "id", error.id);
  out += " type='error'><error type='";
  out += name_of(error.type);
  out += "'><";
  out += error.condition;
  out += " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
  if (!error.text.empty()) {
    out += "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>";
    append_text(out, error.text);
    out += "</text>";
  }
  if (!error.command_problem.empty()) {
    out += '<';
    out += error.command_problem;
    out += " xmlns='http://jabber.org/protocol/commands'/>";
  }
  out += "</error></";
  out += name;
  out += '>';
}

bool render_error_for(std::string& out, const Stanza& stanza, ErrorType type,
                      std::string_view condition, std::string_view text) {
  const bool is_answer = stanza.name == Stanza::Name::kIq && stanza.type == "result";
  if (stanza.type == "error" || is_answer) return false;
  const std::string from = stanza.to.full();
  const std::string to = stanza.from.full();
  render(out, ErrorReply{.name = stanza.name,
                         .from = from,
                         .to = to,
                         .id = stanza.id,
                         .type = type,
                         .condition = condition,
                         .text = text});
  return true;
}

void render(std::string& out, const DiscoInfo& info) {
  open_result(out, info);
  out += "<query xmlns='http://jabber.org/protocol/disco#info'";
  attribute_if(out, "node", info.node);
  out += '>';
  for (const Identity& identity : info.identities) {
    out += "<identity";
    attribute(out, "category", identity.category);
    attribute(out, "type", identity.type);
    attribute_if(out, "name", identity.name);
    out += "/>";
  }
  for (const std::string_view feature : info.features) {
    out += "<feature";
    attribute(out, "var", feature);
    out += "/>";
  }
  out += "</query></iq>";
}

void render(std::string& out, const DiscoItems& items) {
  open_result(out, items);
  out += "<query xmlns='http://jabber.org/protocol/disco#items'";
  attribute_if(out, "node", items.node);
  out += '>';
  for (const DiscoItem& item : items.items) {
    out += "<item";
    attribute(out, "jid", item.jid);
    attribute_if(out, "node", item.node);
    attribute_if(out, "name", item.name);
    out += "/>";
  }
  out += "</query></iq>";
}

void render(std::string& out, const SoftwareVersion& version) {
  open_result(out, version);
  out += "<query xmlns='jabber:iq:version'>";
  element_if(out, "name", version.name);
  element_if(out, "version", version.version);
  out += "</query></iq>";
}

void render(std::string& out, const EntityTime& time) {
  open_result(out, time);
  out += "<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>";
  stamp(out, time.wall_ms);
  out += "</utc></time></iq>";
}

void render(std::string& out, const VCard& card) {
  open_result(out, card);
  out += "<vCard xmlns='vcard-temp'>";
  element_if(out, "FN", card.full_name);
  element_if(out, "NICKNAME", card.nickname);
  element_if(out, "DESC", card.description);
  if (!card.photo.empty()) {
    out += "<PHOTO><TYPE>image/png</TYPE>";
    element_if(out, "BINVAL", card.photo);
    out += "</PHOTO>";
  }
  out += "</vCard></iq>";
}

}  // namespace gateway::xmpp
