// Frames of one session on their way out, in order. What can be merged is merged here: presence
// changes become one message, cumulative acknowledgements and credit travel in whatever goes next.
//
//   outbox.push(Type::kRequest, sequence, body);
//   while (!outbox.empty() && send(outbox.front())) outbox.pop();
//
// The headers hold type and sequence; the session fills in the rest when a frame leaves. Bounded by
// whoever pushes (Session asks size()). For one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "bridge/wire/messages.h"
#include "bridge/wire/socket.h"

namespace bridge::client {

class Outbox {
 public:
  void push(wire::Type type, std::uint64_t sequence = 0, std::string body = {}) {
    flush_presence();
    frames_.push_back({{.type = type, .sequence = sequence}, std::move(body)});
  }

  // Keeps its place among the frames: what is pushed later goes later.
  void push_presence(const wire::Presence& presence) {
    if (presence.server_lost()) {
      flush_presence();
      presence_.set_server_lost(true);
    }
    for (const auto& change : presence.changes()) {
      *presence_.add_changes() = change;
      if (presence_.changes_size() >= kChangesMax) flush_presence();
    }
  }

  void flush_presence() {
    if (presence_.changes().empty() && !presence_.server_lost()) return;
    frames_.push_back({{.type = wire::Type::kPresence}, wire::serialize(presence_)});
    presence_.Clear();
  }

  bool empty() const { return frames_.empty(); }
  std::size_t size() const { return frames_.size(); }
  wire::Message& front() { return frames_.front(); }
  void pop() { frames_.pop_front(); }

  void clear() {
    frames_.clear();
    presence_.Clear();
  }

 private:
  // An address has at most 3071 bytes and a body kBodyBytesMax, so this many always fit.
  static constexpr int kChangesMax = 64;

  std::deque<wire::Message> frames_;
  wire::Presence presence_;
};

}  // namespace bridge::client
