#include "bridge/wire/messages.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace bridge::wire {

namespace {

// Codes of a later version are read as the one that never tempts anybody to retry.
base::ErrorCode code_from(ErrorCode code) {
  const int number = static_cast<int>(code);
  const bool known = number >= static_cast<int>(base::ErrorCode::kBadRequest) &&
                     number <= static_cast<int>(base::ErrorCode::kUnconfirmed);
  return known ? static_cast<base::ErrorCode>(number) : base::ErrorCode::kBadRequest;
}

}  // namespace

std::string serialize_reply(const Reply& reply) {
  if (reply.ByteSizeLong() <= kBodyBytesMax) return serialize(reply);
  return serialize(error_reply(
      {base::ErrorCode::kBadRequest, "The answer is too long for one message.", std::nullopt}));
}

Reply error_reply(const base::Error& error) {
  Reply reply;
  Error& out = *reply.mutable_error();
  out.set_code(static_cast<ErrorCode>(error.code));
  out.set_text(error.text);
  if (error.retry_after) {
    // 0 means "do not retry", so a wait that rounds to nothing is one millisecond.
    constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
    const std::int64_t wait = std::clamp<std::int64_t>(error.retry_after->count(), 1, kMax);
    out.set_retry_after_ms(static_cast<std::uint32_t>(wait));
  }
  return reply;
}

base::Error to_error(const Error& error) {
  base::Error out{code_from(error.code()), error.text(), std::nullopt};
  if (error.retry_after_ms() > 0) {
    out.retry_after = std::chrono::milliseconds(error.retry_after_ms());
  }
  return out;
}

Cost cost_of(const Item& item) {
  const auto bytes = [&](std::size_t address, std::size_t phrase) {
    return rendered_bytes(item.author().size(), item.text().size(), address, phrase);
  };
  if (item.recipients().empty()) return {1, bytes(0, 0)};
  Cost cost{static_cast<std::uint64_t>(item.recipients_size()), 0};
  for (const Recipient& recipient : item.recipients()) {
    cost.bytes += bytes(recipient.address().size(), recipient.phrase().size());
  }
  return cost;
}

Cost cost_of(const Digest& digest) {
  return {1, rendered_digest_bytes(digest.address().size(), digest.phrase().size(),
                                   digest.author().size())};
}

Cost cost_of(const Batch& batch) {
  Cost cost;
  for (const Item& item : batch.items()) {
    const Cost one = cost_of(item);
    cost.deliveries += one.deliveries;
    cost.bytes += one.bytes;
  }
  for (const Digest& digest : batch.digests()) {
    const Cost one = cost_of(digest);
    cost.deliveries += one.deliveries;
    cost.bytes += one.bytes;
  }
  return cost;
}

std::string_view name(Type type) {
  switch (type) {
    case Type::kHello:
      return "HELLO";
    case Type::kWelcome:
      return "WELCOME";
    case Type::kRequest:
      return "REQUEST";
    case Type::kReply:
      return "REPLY";
    case Type::kCredit:
      return "CREDIT";
    case Type::kBatch:
      return "BATCH";
    case Type::kAck:
      return "ACK";
    case Type::kNack:
      return "NACK";
    case Type::kReceipt:
      return "RECEIPT";
    case Type::kPresence:
      return "PRESENCE";
    case Type::kGap:
      return "GAP";
    case Type::kPing:
      return "PING";
    case Type::kPong:
      return "PONG";
    case Type::kBye:
      return "BYE";
  }
  return "?";
}

std::string_view action_name(const Request& request) {
  switch (request.action_case()) {
    case Request::kPublish:
      return "publish";
    case Request::kDirect:
      return "direct";
    case Request::kJoin:
      return "join";
    case Request::kQuit:
      return "quit";
    case Request::kSetDelivery:
      return "set_delivery";
    case Request::kFollow:
      return "follow";
    case Request::kLeave:
      return "leave";
    case Request::kTrack:
      return "track";
    case Request::kUntrack:
      return "untrack";
    case Request::kListFollows:
      return "list_follows";
    case Request::kListFollowers:
      return "list_followers";
    case Request::kListTracks:
      return "list_tracks";
    case Request::kWhois:
      return "whois";
    case Request::kStats:
      return "stats";
    case Request::kConfirm:
      return "confirm";
    case Request::kSubscribe:
      return "subscribe";
    case Request::kStatus:
      return "status";
    case Request::kOwed:
      return "owed";
    case Request::kRoster:
      return "roster";
    case Request::kBackup:
      return "backup";
    case Request::kBlock:
      return "block";
    case Request::kUnblock:
      return "unblock";
    case Request::kListBlocks:
      return "list_blocks";
    case Request::kMute:
      return "mute";
    case Request::kUnmute:
      return "unmute";
    case Request::kListMutes:
      return "list_mutes";
    case Request::kSetZone:
      return "set_zone";
    case Request::kRename:
      return "rename";
    case Request::kMore:
      return "more";
    case Request::kIssueCode:
      return "issue_code";
    case Request::kRedeemCode:
      return "redeem_code";
    case Request::kFavourite:
      return "favourite";
    case Request::kUnfavourite:
      return "unfavourite";
    case Request::kRepost:
      return "repost";
    case Request::kGet:
      return "get";
    case Request::kNudge:
      return "nudge";
    case Request::kListFavourites:
      return "list_favourites";
    case Request::kShowLimits:
      return "show_limits";
    case Request::kChangeLimit:
      return "change_limit";
    case Request::kLimitHistory:
      return "limit_history";
    case Request::kTop:
      return "top";
    case Request::kRetract:
      return "retract";
    case Request::kCorrect:
      return "correct";
    case Request::kErase:
      return "erase";
    case Request::kCapListeners:
      return "cap_listeners";
    case Request::kListCaps:
      return "list_caps";
    case Request::kExtract:
      return "extract";
    case Request::kOfferMove:
      return "offer_move";
    case Request::kTakeMove:
      return "take_move";
    case Request::kAskSignIn:
      return "ask_sign_in";
    case Request::kCheckSignIn:
      return "check_sign_in";
    case Request::kAnswerSignIn:
      return "answer_sign_in";
    case Request::kOperate:
      return "operate";
    case Request::kAudit:
      return "audit";
    case Request::kShowOrder:
      return "show_order";
    case Request::ACTION_NOT_SET:
      return "nothing";
  }
  return "nothing";
}

std::string_view name(Bye::Reason reason) {
  switch (reason) {
    case Bye::CLOSING:
      return "closing";
    case Bye::UNKNOWN_SESSION:
      return "unknown session";
    case Bye::REPLACED:
      return "replaced by a newer session";
    case Bye::VERSION:
      return "no version in common";
    case Bye::PROTOCOL_ERROR:
      return "protocol error";
    case Bye::NOT_ALLOWED:
      return "not allowed";
    case Bye::SILENCE:
      return "silence";
    default:
      return "unspecified";
  }
}

}  // namespace bridge::wire
