// Lane: the bridge's side of the wire for one kind of client: sessions, credentials, limits, and
// the way of each request to whoever answers it.
//
// The protocol only: frames come in as arguments and leave through LaneOutput, time is an argument,
// so a test can be the network. One Lane, one thread; lanes share nothing (law 4).
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/base/counters.h"
#include "bridge/base/time.h"
#include "bridge/fanout/event.h"
#include "bridge/lane/client_rule.h"
#include "bridge/lane/feed.h"
#include "bridge/state/committer.h"
#include "bridge/wire/header.h"
#include "bridge/wire/socket.h"
#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"

namespace bridge::lane {

enum class Kind {
  kIm,     // gateways: speak for addresses, get deliveries
  kWeb,    // the website and its like: speak for nicks, read the feed
  kAdmin,  // operators and scripts: as web, and may create authors and ask about the service
};
std::string_view name(Kind kind);

// Effective at the next decision; see throttle/policy.h.
struct LaneLimits {
  throttle::Policy requests_per_client = throttle::Policy::unlimited();
  throttle::Policy publishes = throttle::Policy::unlimited();  // of the whole lane
  throttle::Policy publishes_per_person = throttle::Policy::unlimited();
};

struct LaneOptions {
  Kind kind = Kind::kIm;
  std::size_t index = 0;  // in ReplyAddress::lane
  std::vector<ClientRule> clients = {{.name = "*", .key = {}, .speaks_for = {"*"}}};
  LaneLimits limits = {};
  std::size_t sessions_max = 256;
  std::size_t requests_per_session_max = 1024;  // unanswered; more get BUSY
  std::size_t requests_max = 8192;              // of all sessions together
  std::size_t people_max = 100'000;             // keys of the per-person limiter
  std::chrono::milliseconds ping_after{2000};
  std::chrono::milliseconds silence_max{15000};
};

class LaneOutput {
 public:
  virtual ~LaneOutput() = default;
  virtual wire::SendOutcome send(std::string_view peer, const wire::Header& header,
                                 std::string_view body) = 0;
  // To the committer. False when its queue is full.
  virtual bool submit(state::Submission submission) = 0;
  // To the fan-out; always taken, in order.
  virtual void tell(fanout::Event event) = 0;
  virtual wire::StatusReport status() = 0;
};

struct LaneCounters {
  base::Gauge sessions;
  base::Gauge unanswered;
  base::Counter requests;
  base::Counter rate_limited;
  base::Counter busy;
  base::Counter forbidden;
  base::Counter bad_frames;
  base::Counter sessions_lost;
};

class Lane {
 public:
  // The store (for the feed) and the output must outlive it.
  Lane(LaneOptions options, const backbone::Store& store, LaneOutput& output);

  void on_message(const wire::Received& received, base::Now now);
  void on_reply(std::uint64_t session, std::uint64_t sequence, const wire::Reply& reply);
  void on_batch(std::uint64_t session, std::uint64_t sequence, const std::string& body);
  void on_records(const std::vector<RecordPtr>& records) { feed_.append(records); }

  // Sends what waits, serves feeds, ends silent sessions. Returns how much it did.
  std::size_t turn(base::Now now);
  // Ends the sessions whose peers are gone. When all that came in has been heard: their last words
  // may be in it.
  void forget_gone();
  // Says BYE to everybody.
  void shut_down();

  void set_limits(const LaneLimits& limits) { options_.limits = limits; }
  const LaneCounters& counters() const { return counters_; }

 private:
  struct Frame {
    wire::Header header;
    std::string body;
  };
  struct Session {
    std::uint64_t id = 0;
    std::string peer;
    std::string client;
    const ClientRule* rule = nullptr;
    std::uint64_t epoch = 0;
    base::Time last_heard{};
    std::uint64_t granted_deliveries = 0;
    std::uint64_t granted_bytes = 0;
    std::size_t unanswered = 0;
    std::deque<Frame> outbox;  // bounded by the unanswered requests and the credit
    std::optional<FeedPosition> feed;
    std::uint64_t next_batch = 1;
  };

  Session* find_peer(const std::string& peer);
  Session* find_session(std::uint64_t id);
  void hello(const wire::Received& received, const wire::Message& message, base::Now now);
  void frame(Session& session, const wire::Message& message, base::Now now);
  void request(Session& session, const wire::Message& message, base::Now now);
  std::optional<base::Error> refuse(const Session& session, const wire::Request& request,
                                    base::Now now);
  std::optional<base::Error> forbidden(const Session& session, const wire::Request& request) const;
  std::optional<base::Error> over_limit(const Session& session, const wire::Request& request,
                                        base::Now now);
  void route(Session& session, std::uint64_t sequence, wire::Request request);
  void subscribe(Session& session, std::uint64_t sequence, const wire::Subscribe& request);
  void answer(Session& session, std::uint64_t sequence, const wire::Reply& reply);
  void queue(Session& session, wire::Type type, std::uint64_t sequence, std::string body);
  void bye(std::string_view peer, std::uint64_t epoch, wire::Bye::Reason reason,
           std::string_view text);
  void end(std::uint64_t id, wire::Bye::Reason reason, std::string_view text);
  void drop(std::uint64_t id, bool in_order = false);
  std::size_t flush(Session& session);
  std::size_t serve_feed(Session& session);

  LaneOptions options_;
  LaneOutput& output_;
  Feed feed_;
  std::map<std::uint64_t, Session> sessions_;
  std::unordered_map<std::string, std::uint64_t> by_peer_;
  std::unordered_map<std::string, std::uint64_t> by_client_;
  std::uint64_t next_session_ = 1;
  std::size_t unanswered_ = 0;
  std::vector<std::uint64_t> gone_;  // found gone while sending; dropped at the end of the turn

  throttle::Limiter publishes_;
  throttle::KeyedLimiter publishes_per_person_;
  throttle::KeyedLimiter requests_per_client_;
  LaneCounters counters_;
};

}  // namespace bridge::lane
