// Gateway: everything between the XMPP stream and the bridge, put together.
//
//   Gateway gateway(settings);
//   StropheComponent component(..., gateway);  ZmqBackbone backbone(..., gateway);
//   gateway.attach(component, backbone);
//   for (;;) gateway.turn(now);
//
// Pure logic: it hears both connections, decides with the parts it is made of, and speaks to both.
// One thread. It holds caches only (presence, a window of deliveries, texts waiting for a yes):
// kill it at any moment and nothing is lost. Each connection comes and goes on its own.
#pragma once

#include <cstddef>
#include <string_view>

#include "bridge/base/histogram.h"
#include "bridge/client/backbone.h"
#include "gateway/xmpp/admission.h"
#include "gateway/xmpp/asker.h"
#include "gateway/xmpp/attendance.h"
#include "gateway/xmpp/cards.h"
#include "gateway/xmpp/clerk.h"
#include "gateway/xmpp/commands.h"
#include "gateway/xmpp/component.h"
#include "gateway/xmpp/counters.h"
#include "gateway/xmpp/deliveries.h"
#include "gateway/xmpp/dialogue.h"
#include "gateway/xmpp/guard.h"
#include "gateway/xmpp/house.h"
#include "gateway/xmpp/outbox.h"
#include "gateway/xmpp/people.h"
#include "gateway/xmpp/presence_feed.h"
#include "gateway/xmpp/queries.h"
#include "gateway/xmpp/registration.h"
#include "gateway/xmpp/roster_probe.h"
#include "gateway/xmpp/settings.h"

namespace gateway::xmpp {

class Gateway : public ComponentListener, public bridge::client::Listener {
 public:
  explicit Gateway(Settings settings);

  // Before the first turn; both outlive the turns.
  void attach(Component& component, bridge::client::Backbone& backbone);

  // Moves both connections and everything between them. Returns how much work it did: 0 means
  // that it may wait for a descriptor, or a moment.
  std::size_t turn(bridge::base::Time now);

  // Before the end of the process: nobody counts as there any more, so that the bridge sends
  // nothing new. It is time to go when idle(), or soon.
  void close();
  // Nothing is on the way to the XMPP server.
  bool idle() const;

  // While it runs: other limits for people and domains, and who may join.
  void set_limits(const LimitSettings& limits) { guard_.set_limits(limits); }
  void set_registration(const RegistrationSettings& settings) { admission_.set(settings); }

  const Counters& counters();
  const Deliveries& deliveries() const { return deliveries_; }
  const bridge::base::Histogram& barrier_times() const { return barrier_times_; }  // nanoseconds
  std::size_t requests_waiting() const { return asker_.waiting(); }
  const Asker& asker() const { return asker_; }
  std::size_t answer_bytes_waiting() const { return outbox_.bytes(); }
  std::size_t people() const { return people_.size(); }
  std::size_t forms_waiting() const { return commands_.sessions(); }

  // ComponentListener
  void on_online(bridge::base::Time now) override;
  void on_offline(std::string_view reason, bridge::base::Time now) override;
  void on_stanza(const Stanza& stanza, bridge::base::Time now) override;
  void on_barrier(BarrierId barrier, std::chrono::nanoseconds round_trip,
                  bridge::base::Time now) override;
  void on_refused(const Stanza& partial, std::string_view why, bridge::base::Time now) override;

  // bridge::client::Listener
  void on_connected(const wire::Welcome& welcome) override;
  void on_lost(std::string_view reason) override;
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t sequence, const wire::Batch& batch) override;
  void on_gap(const wire::Gap& gap) override;

 private:
  void on_message(const Stanza& message, bridge::base::Time now);
  void on_bounce(const Stanza& error);
  void take_receipt(const Stanza& stanza);
  void turn_away(const Stanza& stanza, bridge::base::Time now);
  void learn(const wire::House& house);
  void forget_people();
  void start_probing();
  std::size_t ask_roster(bridge::base::Time now);
  std::size_t send_probes(bridge::base::Time now);

  const Settings settings_;
  Component* component_ = nullptr;
  bridge::client::Backbone* backbone_ = nullptr;
  bridge::base::Time now_{};  // of this turn
  bool closing_ = false;

  Counters counters_;
  bridge::base::Histogram barrier_times_{500'000,     1'000'000,   2'500'000,     5'000'000,
                                         10'000'000,  25'000'000,  50'000'000,    100'000'000,
                                         250'000'000, 500'000'000, 1'000'000'000, 5'000'000'000};
  House house_;
  bridge::base::log::Sparingly turned_away_{std::chrono::hours(24)};  // by banned name
  Guard guard_;
  Admission admission_;
  Outbox outbox_;
  Asker asker_;
  People people_;
  PresenceFeed feed_;
  RosterProbe probe_;
  Attendance attendance_;
  Dialogue dialogue_;
  Clerk clerk_;
  Commands commands_;
  Registration registration_;
  Cards cards_;
  Queries queries_;
  Deliveries deliveries_;
};

}  // namespace gateway::xmpp
