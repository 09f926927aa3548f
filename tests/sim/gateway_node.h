// GatewayNode: the machine a gateway runs on: nothing on it survives its process.
#pragma once

#include <memory>
#include <optional>

#include "gateway/xmpp/gateway.h"
#include "tests/sim/sim_backbone.h"
#include "tests/sim/sim_component.h"
#include "tests/sim/worker.h"

namespace tests::sim {

class GatewayNode {
 public:
  GatewayNode(Stage& stage, LanePort& im, XmppServer& server)
      : stage_(stage), im_(im), server_(server) {}

  void start();
  void kill();
  // In good order: it hands over what it has, says goodbye, ends, and starts again.
  void restart();
  bool running() const { return process_ != nullptr; }

  SimComponent& component() { return process_->component; }
  LaneLine& line() { return process_->backbone.line(); }
  void calm();

 private:
  struct Process {
    Process(Stage& stage, LanePort& im, XmppServer& server);
    std::size_t turn();
    void check_bounds() const;
    void farewell();

    Stage& stage;
    XmppServer& xmpp;
    const gateway::xmpp::Settings settings;
    gateway::xmpp::Gateway gateway;
    Worker worker;
    SimComponent component;
    SimBackbone backbone;
    std::optional<Time> closing_until;
    std::optional<Time> gone_since;  // it has said its last word
  };

  void linger();

  Stage& stage_;
  LanePort& im_;
  XmppServer& server_;
  Lifetime lifetime_;
  std::unique_ptr<Process> process_;
};

}  // namespace tests::sim
