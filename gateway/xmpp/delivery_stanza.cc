#include "gateway/xmpp/delivery_stanza.h"

#include <charconv>

#include "gateway/xmpp/render.h"

namespace gateway::xmpp {

std::string delivery_body(const wire::Item& item, const wire::Recipient& recipient) {
  std::string body;
  if (item.retracted())
    return body.append(item.author()).append(" has taken back an earlier post.");
  body.reserve(item.author().size() + item.text().size() + recipient.phrase().size() + 16);
  if (recipient.class_() == wire::DIRECT) {
    body += "(direct) ";
  } else if (!recipient.phrase().empty()) {
    body += '[';
    body += recipient.phrase();
    body += "] ";
  }
  body += item.author();
  body += ": ";
  body += item.text();
  return body;
}

void render_delivery(std::string& out, const Settings& settings, const wire::Item& item,
                     const wire::Recipient& recipient) {
  const std::string from = settings.bot_jid();
  const std::string id = "p" + std::to_string(item.id());
  const std::string changed = "p" + std::to_string(item.changes());
  const std::string body = delivery_body(item, recipient);
  Chat chat{.from = from, .to = recipient.address(), .id = id, .body = body};
  if (recipient.late()) {
    chat.original_ms = item.time_ms();
    chat.delayed_by = settings.domain;
  }
  if (item.changes() != 0) (item.retracted() ? chat.retracts : chat.replaces) = changed;
  chat.request_receipt = settings.request_receipts;
  render(out, chat);
}

std::optional<std::uint64_t> parse_delivery_id(std::string_view id) {
  return parse_numbered_id('p', id);
}

std::optional<std::uint64_t> parse_numbered_id(char letter, std::string_view id) {
  if (!id.starts_with(letter)) return std::nullopt;
  id.remove_prefix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc{} || end != id.data() + id.size() || number == 0) return std::nullopt;
  return number;
}

wire::Nack::Reason bounce_reason(const Stanza& error) {
  const std::string_view condition = error.error_condition;
  if (condition == condition::kServiceUnavailable ||
      condition == condition::kRecipientUnavailable) {
    return wire::Nack::OFFLINE;
  }
  if (error.error_type == "wait" || condition == "remote-server-not-found" ||
      condition == condition::kRemoteServerTimeout) {
    return wire::Nack::UNREACHABLE;
  }
  return wire::Nack::BOUNCED;
}

}  // namespace gateway::xmpp
