#include "tests/sim/gateway_node.h"

namespace tests::sim {
namespace {

gateway::xmpp::Settings settings_for(const Plan& plan) {
  gateway::xmpp::Settings settings;
  settings.domain = "im.example.org";
  settings.window.deliveries = plan.window_deliveries;
  settings.window.bytes = plan.window_bytes;
  settings.window.send_bytes = plan.send_bytes;
  settings.window.in_flight_bytes = 2 * plan.send_bytes;
  settings.window.barriers = plan.barriers;
  settings.request_receipts = plan.receipts;
  return settings;
}

}  // namespace

GatewayNode::Process::Process(Stage& the_stage, LanePort& im, XmppServer& server)
    : stage(the_stage),
      settings(settings_for(stage.plan)),
      gateway(settings),
      worker(stage, milliseconds(40), [this] { return turn(); }),
      component(stage, server, gateway, [this] { worker.wake(); }),
      backbone(stage, im, "gateway", gateway, [this] { worker.wake(); }) {
  gateway.attach(component, backbone);
}

std::size_t GatewayNode::Process::turn() {
  const std::size_t work = gateway.turn(stage.agenda.now());
  check_bounds();
  return work;
}

void GatewayNode::Process::check_bounds() const {
  const auto& deliveries = gateway.deliveries();
  stage.laws.require(deliveries.groups_in_flight() <= settings.window.barriers,
                     "law 5: more barriers than the window has");
  stage.laws.require(deliveries.bytes_in_flight() <= settings.window.in_flight_bytes ||
                         deliveries.groups_in_flight() == 1,
                     "law 5: more bytes on the way to the XMPP server than the window has");
}

void GatewayNode::start() {
  stage_.trace.say("the gateway starts");
  process_ = std::make_unique<Process>(stage_, im_, server_);
}

void GatewayNode::kill() {
  stage_.trace.say("the gateway is killed");
  stage_.laws.breaks();
  process_.reset();
}

void GatewayNode::calm() {
  if (!process_) return start();
  process_->component.flow();
  process_->backbone.line().flow();
}

}  // namespace tests::sim
