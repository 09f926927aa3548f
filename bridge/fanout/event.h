// What a lane tells the fan-out, as values that travel through a mailbox between their threads.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "bridge/fanout/session.h"
#include "bridge/state/committer.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::fanout {

struct Opened {
  SessionId session = 0;
  Reaches reaches = {};
};
struct Closed {
  SessionId session = 0;
  bool in_order = false;  // it said goodbye
};
struct Granted {  // cumulative
  SessionId session = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t bytes = 0;
};
struct Acknowledged {  // cumulative
  SessionId session = 0;
  std::uint64_t sequence = 0;
};
struct GivenBack {
  SessionId session = 0;
  wire::Nack nack;
};
struct Confirmed {
  SessionId session = 0;
  wire::Receipt receipt;
};
struct PresenceChanged {
  SessionId session = 0;
  wire::Presence presence;
};
// Questions that only the fan-out can answer, and changes of posts on their way to the committer.
struct Asked {
  state::ReplyAddress reply_to;
  wire::Request request;  // for which goes_to_fanout()
};

using Event = std::variant<Opened, Closed, Granted, Acknowledged, GivenBack, Confirmed,
                           PresenceChanged, Asked>;

}  // namespace bridge::fanout
