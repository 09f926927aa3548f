// SimComponent: the gateway's Component over a simulated TCP connection to the XmppServer.
//
// As StropheComponent: it reconnects by itself, has a bounded way out, and notices a dead
// connection by a ping that is not answered, if nothing tells it earlier.
#pragma once

#include <deque>
#include <functional>

#include "gateway/xmpp/component.h"
#include "tests/sim/xmpp_server.h"

namespace tests::sim {

class SimComponent final : public gateway::xmpp::Component, private ComponentStream {
 public:
  SimComponent(Stage& stage, XmppServer& server, gateway::xmpp::ComponentListener& listener,
               std::function<void()> readable);
  ~SimComponent() override;

  bool online() const override { return online_; }
  bool send(std::string_view stanzas) override;
  gateway::xmpp::BarrierId barrier(Time now) override;
  std::size_t bytes_waiting() const override { return 0; }
  std::size_t turn(Time now) override;

  // Faults. Whether either side is told of a cut, and when, the dice decide.
  void cut();
  void stall(Time until);
  void flow();

 private:
  struct Outstanding {
    gateway::xmpp::BarrierId id = 0;
    Time sent_at;
    bool own = false;  // ours, to see whether anybody is there
  };

  bool push(FromServer item) override;
  void server_gone() override;
  void lose(std::string_view reason, Time now);
  void check(Time now);
  gateway::xmpp::BarrierId ping(Time now, bool own);

  Stage& stage_;
  XmppServer& server_;
  gateway::xmpp::ComponentListener& listener_;
  const std::function<void()> readable_;
  Pipe<ToServer> up_;
  Pipe<FromServer> down_;
  Lifetime lifetime_;

  bool attached_ = false;  // the server has this stream
  bool dead_ = false;      // nothing passes any more, and nobody has been told
  bool online_ = false;
  bool closing_ = false;  // the server closed it; the news is on its way
  bool gone_ = false;     // told that it is over
  Time retry_at_{};
  Time heard_at_{};
  std::deque<FromServer> received_;
  gateway::xmpp::BarrierId last_barrier_ = 0;
  std::deque<Outstanding> outstanding_;
};

}  // namespace tests::sim
