// Session: the client's side of the wire protocol as a state machine. Knows neither socket nor
// clock: messages go in through receive(), come out through front()/pop(), and time is an argument.
//
//   session.receive(message, now);  session.turn(now);
//   while (auto* out = session.front()) { if (!dealer.send(out->header, out->body)) break;
//                                         session.pop(now); }
//
// It says HELLO until it is welcome, keeps the session alive, matches replies to requests, lets
// every batch through exactly once and in order, and when the session ends answers what was left
// without an answer. For ZmqBackbone and MemoryBackbone; one owner. The listener is called from
// receive() and turn() only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/time.h"
#include "bridge/client/backbone.h"
#include "bridge/client/backoff.h"
#include "bridge/client/outbox.h"
#include "bridge/client/pending.h"
#include "bridge/wire/messages.h"
#include "bridge/wire/socket.h"

namespace bridge::client {

struct SessionOptions {
  std::string client;                // stable name of this client; see wire.proto, Hello
  std::string software = "lapwing";  // for the bridge's log
  std::uint64_t seed = 0;            // of epochs and jitter: random, but fixed in tests
  std::chrono::milliseconds request_timeout{15'000};
  std::size_t requests_max = 1024;  // without an answer; one more is answered kBusy
  std::size_t outbox_max =
      65'536;  // frames that the way out did not take; one more ends the session
  std::chrono::milliseconds hello_timeout{3'000};  // counted from when HELLO left
  // Messages that could not leave for so long: nobody is at the other end.
  std::chrono::milliseconds stuck_max{3'000};
  std::chrono::milliseconds refused_backoff{30'000};  // after REPLACED, VERSION and NOT_ALLOWED
  BackoffOptions backoff = {};
};

// How often what happened; read by the owner for its metrics.
struct SessionCounters {
  std::uint64_t hellos = 0;
  std::uint64_t sessions = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_refused = 0;  // answered here: away, or too many
  std::uint64_t requests_timed_out = 0;
  std::uint64_t batches = 0;
  std::uint64_t batches_repeated = 0;
  std::uint64_t frames_stale = 0;  // of another epoch, or when none was expected
  std::uint64_t frames_bad = 0;    // not readable
};

class Session {
 public:
  // The listener must outlive the session.
  Session(SessionOptions options, Listener& listener);

  // What Backbone promises (backbone.h).
  bool connected() const { return state_ == State::kConnected; }
  RequestId ask(const wire::Request& request, base::Time now);
  void grant(std::uint64_t deliveries, std::uint64_t bytes);
  void ack(std::uint64_t sequence);
  void nack(const wire::Nack& nack);
  void receipt(const wire::Receipt& receipt);
  void presence(const wire::Presence& presence);

  void receive(const wire::Message& message, base::Time now);
  void receive_bad_frame() { ++counters_.frames_bad; }

  // Timers, and what is due to go out. After receiving, so that silence is judged with everything
  // that came in heard. Returns how much it did: what only waits to go out is no work, or an owner
  // whose messages do not leave would never rest.
  std::size_t turn(base::Time now);

  // The next message to send, or nullptr. Valid until the next call of anything else.
  const wire::Message* front();
  // It was sent.
  void pop(base::Time now);

  // Ends the session in good order: what the bridge should still hear (what arrived, what came
  // back) goes out, then BYE, nothing after it. Requests without an answer get none, the listener
  // is not called.
  void close();

  // Why there is no session, in a sentence; empty while connected.
  const std::string& trouble() const { return trouble_; }
  const SessionCounters& counters() const { return counters_; }

 private:
  enum class State {
    kIdle,      // says HELLO at hello_at_
    kGreeting,  // HELLO is in the outbox or on its way
    kConnected,
    kClosed,
  };
  enum class Retry { kAtOnce, kSoon, kLate };
  struct Refused {
    RequestId id = 0;
    base::Error error;
  };

  void say_hello();
  void on_welcome(const wire::Message& message, base::Time now);
  void on_reply(const wire::Message& message);
  void on_batch(const wire::Message& message, base::Time now);
  void on_gap(const wire::Message& message);
  void on_bye(const wire::Message& message, base::Time now);
  void give_up(std::string reason, Retry retry, base::Time now);
  base::Time retry_time(Retry retry, base::Time now);
  void check_timers(base::Time now);
  bool stuck(base::Time now);
  void acknowledge();
  void say_bye();
  void queue_due(base::Time now);
  std::size_t answer_refused();
  void answer_unavailable(const std::vector<RequestId>& ids, const std::string& text);
  bool current(const wire::Header& header) const;

  const SessionOptions options_;
  Listener& listener_;
  SessionCounters counters_;
  std::mt19937_64 random_;
  Backoff backoff_;

  State state_ = State::kIdle;
  std::string trouble_ = "No bridge has answered yet.";
  base::Time hello_at_ = base::Time::min();  // kIdle
  bool hello_left_ = false;                  // kGreeting
  base::Time welcome_by_ = {};               // kGreeting, once HELLO left
  RequestId last_id_ = 0;
  std::vector<Refused> refused_;  // answered at the next turn

  // Of the session.
  std::uint64_t epoch_ = 0;
  std::uint64_t last_sequence_ = 0;
  Pending pending_;
  Outbox outbox_;
  std::uint64_t batch_base_ = 0;  // the listener's number of the session's batch 0
  std::uint64_t batches_received_ = 0;
  std::uint64_t acked_ = 0;
  std::uint64_t acked_sent_ = 0;
  std::uint64_t credit_deliveries_ = 0;
  std::uint64_t credit_bytes_ = 0;
  bool credit_told_ = true;
  std::chrono::milliseconds ping_after_{};
  std::chrono::milliseconds silence_max_{};
  base::Time welcomed_at_ = {};
  base::Time last_heard_ = {};
  base::Time last_sent_ = {};
  bool offered_ = false;                   // front() was shown, and pop() has not followed
  std::optional<base::Time> stuck_since_;  // the first turn that found it so
};

}  // namespace bridge::client
