// StropheComponent: the real Component. It owns the TCP socket to the XMPP server: reads it,
// filters it (stanza_filter.h), lets libstrophe parse it (strophe_link.h), and writes it from one
// bounded buffer, past libstrophe, whose queue has no byte count and costs a copy and a system call
// each.
//
//     auto component = StropheComponent::create(options, listener);   // resolves the name, once
//     poller.set_fd(slot, component->socket_fd(), true, component->wants_write());
//     poller.wait(until(component->next_wakeup()));
//     component->turn(now);                                           // whatever woke us
//
// Reconnects by itself, for ever, with growing delays. It does not re-send: its owner knows from
// the barriers what arrived. A server that stops answering is noticed by an unanswered ping, sent
// also when all is quiet. What arrives for another domain, or claims to come from ours, is dropped.
//
// One thread. The listener is called from turn() only, may send from there, and must outlive this.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/fd.h"
#include "bridge/base/result.h"
#include "bridge/base/time.h"
#include "gateway/xmpp/backoff.h"
#include "gateway/xmpp/component.h"
#include "gateway/xmpp/stanza_filter.h"
#include "gateway/xmpp/strophe_link.h"

namespace gateway::xmpp {

struct StropheOptions {
  std::string host = "127.0.0.1";  // of the XMPP server; a name is resolved at create() only
  std::uint16_t port = 5347;
  std::string domain = {};  // ours, as the server knows the component
  std::string secret = {};

  std::size_t stanza_bytes_max = 64 * 1024;  // inbound, each; more is refused
  std::size_t depth_max = 64;                // inbound, elements inside each other; more is refused
  std::size_t read_bytes_per_turn = 256 * 1024;
  // Outbound, waiting for the kernel; at the bound send() says no. A single larger batch is taken
  // when nothing waits. The kernel's own buffer is kept as small, or it would hide megabytes.
  std::size_t send_buffer_bytes = 256 * 1024;
  std::size_t barriers_max = 64;  // unanswered; at the bound barrier() says no

  std::chrono::milliseconds handshake_timeout{15'000};  // from connecting to authenticated
  std::chrono::milliseconds ping_timeout{30'000};       // an unanswered barrier: reconnect
  std::chrono::milliseconds quiet_ping{30'000};         // nothing received for so long: ask
  std::chrono::milliseconds backoff_first{1'000};
  std::chrono::milliseconds backoff_longest{60'000};
  std::chrono::milliseconds conflict_backoff{15'000};  // at least, while somebody else has our name
  std::chrono::milliseconds stable_after{30'000};      // online so long: delays start over
  std::uint64_t seed = 0;                              // of the jitter and of the ids of our pings
};

struct StropheCounters {
  std::uint64_t connects = 0;  // as far as authenticated
  std::uint64_t connects_failed = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t stanzas_in = 0;
  std::uint64_t refused = 0;           // by the filter
  std::uint64_t dropped_foreign = 0;   // not for our domain
  std::uint64_t dropped_own = 0;       // claiming to come from our domain
  std::uint64_t dropped_nameless = 0;  // with addresses that are none, or not a stanza at all
  std::uint64_t barriers_sent = 0;
  std::uint64_t barriers_answered = 0;
  std::uint64_t barriers_timed_out = 0;
  std::uint64_t sends_refused = 0;  // offline, or over the bound
};

class StropheComponent : public Component {
 public:
  // Fails only when the host's name cannot be resolved. Connects at the first turn.
  static bridge::base::Result<std::unique_ptr<StropheComponent>> create(
      StropheOptions options, ComponentListener& listener);
  ~StropheComponent() override;

  bool online() const override { return state_ == State::kOnline; }
  bool send(std::string_view stanzas) override;
  BarrierId barrier(bridge::base::Time now) override;
  std::size_t bytes_waiting() const override { return outbound_.size() - outbound_sent_; }
  std::size_t turn(bridge::base::Time now) override;

  // For the owner's poller: -1 while there is no socket; it changes with each connection.
  int socket_fd() const { return socket_.get(); }
  bool wants_write() const { return state_ == State::kConnecting || bytes_waiting() > 0; }
  // turn() wants to be called then, ready socket or not.
  bridge::base::Time next_wakeup() const;

  StropheCounters counters() const;

 private:
  using Time = bridge::base::Time;

  enum class State {
    kWaiting,     // for retry_at_
    kConnecting,  // the TCP handshake
    kOpening,     // the stream and its handshake
    kOnline,
  };
  struct Outstanding {
    BarrierId id;
    Time sent_at;
    bool ours;  // a ping of our own, not the owner's barrier
  };

  StropheComponent(StropheOptions options, std::vector<std::string> addresses,
                   ComponentListener& listener);

  void start(Time now);
  void finish_connecting(Time now);
  void lost(std::string_view reason, Time now);
  void log_loss(const StreamEnd& end, std::string_view reason,
                std::chrono::milliseconds delay) const;

  std::size_t receive(Time now);
  void parse(std::string_view bytes, Time now);
  void notice_handshake(Time now);
  void handle(const Stanza& stanza, Time now);
  void handle_own(const Stanza& stanza, Time now);
  void handle_refused(const RefusedStanza& refused, Time now);
  void answered(BarrierId id, Time now);
  BarrierId ping(Time now, bool ours);
  std::optional<BarrierId> barrier_of(std::string_view iq_id) const;

  void check_timeouts(Time now);
  std::size_t flush(Time now);

  const StropheOptions options_;
  const std::vector<std::string> addresses_;  // literals, tried in turn
  const std::string ping_prefix_;             // no other process has used it on this domain
  ComponentListener& listener_;

  StropheLink link_;
  Backoff backoff_;
  StropheCounters counters_;

  State state_ = State::kWaiting;
  Time retry_at_{};
  Time deadline_;  // while connecting and opening
  Time online_since_;
  Time heard_at_;  // when the last bytes came
  std::size_t attempts_ = 0;

  bridge::base::Fd socket_;
  std::optional<StanzaFilter> filter_;  // one per stream
  std::string read_buffer_;
  std::string filtered_;
  std::vector<RefusedStanza> refused_;

  std::string outbound_;  // [outbound_sent_, end) waits for the kernel
  std::size_t outbound_sent_ = 0;

  BarrierId last_barrier_ = 0;
  std::deque<Outstanding> outstanding_;  // ascending
};

}  // namespace gateway::xmpp
