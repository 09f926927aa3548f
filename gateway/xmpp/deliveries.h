// Deliveries: batches from the bridge to stanzas, a bounded window of them on the way to the XMPP
// server, and back to the bridge what the server has taken.
//
//   on_batch -> groups of rendered stanzas -> send + barrier -> barrier answered -> ack + grant
//
// A group is at most `send_bytes` of stanzas, sent in one go and followed by one barrier; at most
// `barriers` of them are unanswered and so many bytes on the way (one group always may be) as the
// barriers' round trips show to keep the server busy without a queue of its own
// (throttle/gradient.h), at most `in_flight_bytes`. A server that dies with barriers unanswered
// halves it. Small batches share a group; a batch that takes several shares none but its last. What
// an answered barrier proves is acknowledged, and exactly its credit is granted again, so what
// waits here is bounded by what was granted once. After a break of the XMPP stream, the unanswered
// groups are sent again as they are, with the same ids, and so are answered ones of a batch that
// did not end in them: the bridge has not heard of those, and the server that answered may have
// died with them. After a break of the bridge session all are dropped, because the bridge sends
// them again.
//
// Pure but for the calls on the two connections it is given.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "bridge/client/backbone.h"
#include "gateway/xmpp/component.h"
#include "gateway/xmpp/counters.h"
#include "gateway/xmpp/people.h"
#include "gateway/xmpp/settings.h"
#include "throttle/gradient.h"

namespace gateway::xmpp {

namespace wire = bridge::wire;

class Deliveries {
 public:
  // All three outlive this.
  Deliveries(const Settings& settings, const People& people, Counters& counters)
      : settings_(settings),
        people_(people),
        counters_(counters),
        window_(window_options(settings.window)) {}

  // A session with the bridge began: grants it the whole window.
  void on_session(bridge::client::Backbone& backbone);
  void on_session_lost();
  void on_batch(std::uint64_t sequence, const wire::Batch& batch,
                bridge::client::Backbone& backbone);

  void on_offline();
  void on_barrier(BarrierId barrier, std::chrono::nanoseconds round_trip,
                  bridge::client::Backbone& backbone);

  // Sends what the window allows; returns how many groups.
  std::size_t pump(Component& component, bridge::client::Backbone& backbone,
                   bridge::base::Time now);

  std::size_t groups_waiting() const { return groups_.size() - sent_; }
  std::size_t groups_in_flight() const { return sent_; }
  std::size_t bytes_in_flight() const { return bytes_in_flight_; }
  // How many may be, as of now, and what the server takes when it is not busy.
  const throttle::Gradient& window() const { return window_; }
  // What the bridge has handed over and not heard of again.
  std::uint64_t deliveries_held() const;
  // When the oldest barrier without an answer was asked for.
  std::optional<bridge::base::Time> oldest_barrier() const;

 private:
  // What one barrier will answer for: a part of a batch, or the end of one and small ones behind
  // it.
  struct Group {
    std::string stanzas;
    std::uint64_t deliveries = 0;  // credit to return
    std::uint64_t bytes = 0;       // credit to return, in the wire's measure
    std::uint64_t ack = 0;         // the last batch that ends here; 0: one goes on behind it
    BarrierId barrier = 0;         // 0: not asked yet
    bridge::base::Time asked_at{};
    bool orphan = false;  // of a session that was lost: answers for nothing
    std::string names;    // of the deliveries, when the log wants to know

    void append(const Group& next);
  };

  // One delivery or digest.
  struct Rendered {
    std::string address = {};
    std::uint64_t id = 0;
    bool digest = false;
    std::string stanza = {};  // empty: they are gone
    std::uint64_t bytes = 0;  // credit, in the wire's measure
  };

  // The groups of one batch; there is at least one, and only a batch without stanzas has an empty
  // one.
  std::vector<Group> render(const wire::Batch& batch, bridge::client::Backbone& backbone);
  void render_one(std::vector<Group>& groups, const wire::Item& item,
                  const wire::Recipient& recipient, bridge::client::Backbone& backbone);
  void render_one(std::vector<Group>& groups, const wire::Digest& digest,
                  bridge::client::Backbone& backbone);
  void add(std::vector<Group>& groups, const Rendered& one, bridge::client::Backbone& backbone);
  // Nothing fits everywhere, and anything into a group that is empty.
  bool fits(const Group& group, std::size_t bytes) const;
  void answered(Group group);
  bool ask_barrier(Component& component, bridge::base::Time now);
  bool window_open(const Group& next) const;
  void settle_empty(bridge::client::Backbone& backbone);
  static throttle::GradientOptions window_options(const WindowSettings& window);
  static void hand_back(const Group& group, bridge::client::Backbone& backbone);

  const Settings& settings_;
  const People& people_;
  Counters& counters_;
  std::deque<Group> groups_;    // the first `sent_` of them are on the way
  std::deque<Group> answered_;  // of the batch that goes on in groups_; their credit is returned
  std::size_t sent_ = 0;
  std::size_t bytes_in_flight_ = 0;
  throttle::Gradient window_;
};

}  // namespace gateway::xmpp
