#include "gateway/xmpp/delivery_stanza.h"

#include <charconv>

#include "gateway/xmpp/render.h"

namespace gateway::xmpp {

namespace {

// Whom it is said to, where the text does not say so itself.
std::string_view addressee(const wire::Item& item, const wire::Recipient& recipient) {
  const std::string_view text = item.text();
  const std::string_view to = item.reply_to();
  if (to.empty() || (text.starts_with('@') && text.substr(1).starts_with(to))) return {};
  return recipient.class_() == wire::REPLY ? std::string_view("you") : to;
}

// Of the post that is meant.
std::uint64_t number_of(const wire::Item& item) {
  if (item.repost_of() != 0) return item.repost_of();
  return item.changes() != 0 ? item.changes() : item.id();
}

}  // namespace

std::string delivery_body(const wire::Item& item, const wire::Recipient& recipient) {
  if (recipient.class_() == wire::NOTICE) return item.text();
  if (recipient.class_() == wire::ANNOUNCEMENT) return "(announcement) " + item.text();
  if (item.removed()) return "An earlier post of " + item.author() + " was removed.";
  if (item.retracted()) return item.author() + " has taken back an earlier post.";
  if (item.nudge()) return item.author() + " nudges you. " + item.text();
  if (recipient.class_() == wire::TRACK_WOKEN)
    return "There is room again for " + recipient.phrase() +
           ": what is posted from now on reaches you.";
  if (recipient.class_() == wire::TRACK_ASLEEP)
    return recipient.phrase() +
           " has more listeners than it can have just now: you get nothing for it "
           "until there is room, and will be told.";
  std::string body;
  body.reserve(item.author().size() + item.text().size() + recipient.phrase().size() + 64);
  if (recipient.class_() == wire::DIRECT) {
    body += "(direct) ";
  } else if (!recipient.phrase().empty()) {
    body += '[';
    body += recipient.phrase();
    body += "] ";
  }
  if (item.repost_of() != 0) {
    body += item.reposter();
    body += " reposts ";
  }
  body += item.author();
  if (const auto to = addressee(item, recipient); !to.empty()) {
    body += " → ";
    body += to;
  }
  body += ": ";
  body += item.text();
  if (recipient.class_() == wire::DIRECT) return body;
  body += " (#";
  body += std::to_string(number_of(item));
  body += ')';
  return body;
}

void render_delivery(std::string& out, const Settings& settings, const wire::Item& item,
                     const wire::Recipient& recipient) {
  const std::string from = settings.bot_jid();
  const std::string id = "p" + std::to_string(item.id());
  const std::string body = delivery_body(item, recipient);
  const std::string replied_to =
      item.in_reply_to() == 0 ? std::string() : "p" + std::to_string(item.in_reply_to());
  Chat chat{.from = from, .to = recipient.address(), .id = id, .body = body};
  if (recipient.late()) {
    chat.original_ms = item.time_ms();
    chat.delayed_by = settings.domain;
  }
  const std::string changed = "p" + std::to_string(item.changes());
  if (item.changes() != 0) (item.retracted() ? chat.retracts : chat.replaces) = changed;
  chat.request_receipt = settings.request_receipts;
  chat.unstyled = true;
  chat.reply_to = replied_to;
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
