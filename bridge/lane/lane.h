// Lane: the bridge's side of the wire for one kind of client: sessions, credentials, limits, and
// the way of each request to whoever answers it.
//
// The protocol only: frames come in as arguments and leave through LaneOutput, time is an argument,
// so a test can be the network. One Lane, one thread; lanes share nothing (law 4).
#pragma once

#include <array>
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
#include "bridge/base/latency.h"
#include "bridge/base/time.h"
#include "bridge/fanout/event.h"
#include "bridge/lane/client_rule.h"
#include "bridge/lane/feed.h"
#include "bridge/lane/request_rules.h"
#include "bridge/limits/limits.h"
#include "bridge/state/committer.h"
#include "bridge/wire/header.h"
#include "bridge/wire/messages.h"
#include "bridge/wire/socket.h"
#include "throttle/gate.h"
#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"
#include "throttle/top_talkers.h"

namespace bridge::lane {

// From the person to the lane; a request passes all that concern it, or is charged to none.
// Effective at the next decision; see bridge/limits/table.h.
struct LaneLimits {
  throttle::KeyedRule requests_per_person = {};
  throttle::KeyedRule publishes_per_person = {};
  throttle::KeyedRule requests_per_domain = {};
  throttle::Rule publishes = {};  // of everybody together, by command
  throttle::Rule changes = {};
  throttle::Rule questions = {};
  throttle::KeyedRule requests_per_client = {};
  throttle::Rule requests = {};  // of the whole lane
};
LaneLimits lane_limits(const limits::Limits& limits, Kind kind);

// How often a level said no, and how often it would have if it were not in shadow.
struct LevelCounters {
  base::Counter limited;
  base::Counter shadowed;
};

struct LaneOptions {
  Kind kind = Kind::kIm;
  std::size_t index = 0;  // in ReplyAddress::lane
  std::vector<ClientRule> clients = {{.name = "*", .key = {}, .speaks_for = {"*"}}};
  LaneLimits limits = {};
  throttle::HashSeed seed = throttle::random_seed();  // the one that exceptions are hashed under
  std::size_t sessions_max = 256;
  std::size_t requests_per_session_max = 1024;  // unanswered; more get BUSY
  std::size_t requests_max = 8192;              // of all sessions together
  std::size_t people_max = 100'000;             // keys of the limiters per person and per domain
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
  // Likewise a question, for which no lane waits. False when its queue is full.
  virtual bool inquire(fanout::Asked question) = 0;
  virtual wire::StatusReport status() = 0;
  // ShowLimits, LimitHistory and Top.
  virtual wire::Reply look(const wire::Request&) {
    return wire::error_reply({base::ErrorCode::kUnavailable, "There is nothing to look at here."});
  }
};

// Who met limits most often of late, by count; for operators alone.
struct Throttled {
  std::vector<throttle::TopTalkers::Talker> people;
  std::vector<throttle::TopTalkers::Talker> domains;
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
  // In the order of the levels in LaneLimits.
  std::array<LevelCounters, 8> levels;
};
std::string_view level_name(std::size_t level);

class Lane {
 public:
  // The store (for the feed) and the output must outlive it.
  Lane(LaneOptions options, const backbone::Store& store, LaneOutput& output);

  // Before the replies and messages of a turn: it is by this clock that requests are timed.
  void begin_turn(base::Now now);
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
  // From a request's arrival here to its reply, for those that others answer.
  const base::LatencyGauges& latency() const { return latency_.gauges(); }
  Throttled throttled(std::size_t max) const;

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
    std::unordered_map<std::uint64_t, base::Time> asked;  // by sequence; the unanswered ones
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
  void levels_for(const Session& session, const wire::Request& request);
  void count(const throttle::Verdict& verdict, const wire::Request& request);
  void sign(const Session& session, wire::Request& request) const;
  void route(Session& session, std::uint64_t sequence, wire::Request request);
  void subscribe(Session& session, std::uint64_t sequence, const wire::Subscribe& request);
  void gap(Session& session, RecordId from, RecordId to);
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

  throttle::KeyedLimiter people_;
  throttle::KeyedLimiter publishers_;
  throttle::KeyedLimiter domains_;
  throttle::Limiter publishes_;
  throttle::Limiter changes_;
  throttle::Limiter questions_;
  throttle::KeyedLimiter clients_;
  throttle::Limiter requests_;
  std::vector<throttle::Level> levels_;   // of the request being decided
  std::vector<std::size_t> level_index_;  // which each of them is
  throttle::TopTalkers throttled_people_{256};
  throttle::TopTalkers throttled_domains_{64};
  base::Time next_fade_{};
  base::Time turn_{};
  base::LatencyWindow latency_{std::chrono::milliseconds(500)};
  LaneCounters counters_;
};

}  // namespace bridge::lane
