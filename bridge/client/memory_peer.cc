#include "bridge/client/memory_peer.h"

#include <algorithm>
#include <utility>

namespace bridge::client {

wire::Welcome MemoryPeer::default_welcome() {
  wire::Welcome welcome;
  welcome.set_version(wire::kVersion);
  welcome.set_ping_after_ms(2'000);
  welcome.set_silence_ms_max(6'000);
  return welcome;
}

void MemoryPeer::receive(const wire::Message& message) {
  const wire::Header& header = message.header;
  if (header.type == wire::Type::kHello) return on_hello(message);
  if (header.epoch != epoch_) {
    return say_bye(wire::Bye::UNKNOWN_SESSION, header.epoch);
  }
  credit_.deliveries = std::max(credit_.deliveries, header.credit_deliveries);
  credit_.bytes = std::max(credit_.bytes, header.credit_bytes);
  switch (header.type) {
    case wire::Type::kRequest:
      if (holding_) {
        held_.push_back(message);
      } else {
        answer(message);
      }
      break;
    case wire::Type::kAck:
      on_ack(header.sequence);
      break;
    case wire::Type::kPing:
      say(wire::Type::kPong);
      break;
    case wire::Type::kBye:
      forget_session();
      break;
    case wire::Type::kNack:
      if (const auto body = wire::parse<wire::Nack>(message.body)) heard_.nacks.push_back(*body);
      break;
    case wire::Type::kReceipt:
      if (const auto body = wire::parse<wire::Receipt>(message.body)) {
        heard_.receipts.push_back(*body);
      }
      break;
    case wire::Type::kPresence:
      if (const auto body = wire::parse<wire::Presence>(message.body)) {
        for (const auto& change : body->changes()) heard_.presence.push_back(change);
        if (body->server_lost()) ++heard_.servers_lost;
      }
      break;
    default:
      break;
  }
  send_covered();
}

void MemoryPeer::on_hello(const wire::Message& message) {
  forget_session();
  epoch_ = message.header.epoch;
  ++heard_.hellos;
  say(wire::Type::kWelcome, 0, wire::serialize(welcome));
}

void MemoryPeer::forget_session() {
  epoch_ = 0;
  sent_ = 0;
  acked_sequence_ = 0;
  credit_ = charged_ = {};
  held_.clear();
  heard_.presence.clear();
}

void MemoryPeer::on_ack(std::uint64_t sequence) {
  const std::uint64_t newly = sequence - std::min(sequence, acked_sequence_);
  const std::size_t count = std::min<std::size_t>(newly, sent_);
  owed_.erase(owed_.begin(), owed_.begin() + static_cast<std::ptrdiff_t>(count));
  sent_ -= count;
  acknowledged_ += count;
  acked_sequence_ += count;
}

void MemoryPeer::answer(const wire::Message& message) {
  const auto request = wire::parse<wire::Request>(message.body);
  const wire::Reply reply = request ? handler_(*request) : wire::error_reply(request.error());
  say(wire::Type::kReply, message.header.sequence, wire::serialize_reply(reply));
}

void MemoryPeer::hold_replies(bool hold) {
  holding_ = hold;
  if (hold) return;
  for (const auto& message : std::exchange(held_, {})) answer(message);
}

void MemoryPeer::deliver(wire::Batch batch) {
  owed_.push_back(std::move(batch));
  send_covered();
}

void MemoryPeer::send_covered() {
  while (epoch_ != 0 && sent_ < owed_.size()) {
    const wire::Batch& batch = owed_[sent_];
    const wire::Cost cost = wire::cost_of(batch);
    if (charged_.deliveries + cost.deliveries > credit_.deliveries ||
        charged_.bytes + cost.bytes > credit_.bytes) {
      return;
    }
    charged_.deliveries += cost.deliveries;
    charged_.bytes += cost.bytes;
    ++sent_;
    say(wire::Type::kBatch, acked_sequence_ + sent_, wire::serialize(batch));
  }
}

void MemoryPeer::say_bye(wire::Bye::Reason reason, std::uint64_t epoch) {
  wire::Bye body;
  body.set_reason(reason);
  out_.push_back({{.type = wire::Type::kBye, .epoch = epoch}, wire::serialize(body)});
}

void MemoryPeer::say(wire::Type type, std::uint64_t sequence, std::string body) {
  out_.push_back({{.type = type, .epoch = epoch_, .sequence = sequence}, std::move(body)});
}

std::vector<wire::Message> MemoryPeer::take_out() {
  return std::exchange(out_, {});
}

}  // namespace bridge::client
