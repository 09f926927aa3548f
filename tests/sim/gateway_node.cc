#include "tests/sim/gateway_node.h"

namespace tests::sim {
namespace {

constexpr milliseconds kFarewell{2000};
constexpr std::size_t kPeopleMax = 1000;  // more than there are; larger tables take time to make
constexpr milliseconds kLinger{100};      // of its socket: what has not left by then is lost

gateway::xmpp::Settings settings_for(const Plan& plan) {
  gateway::xmpp::Settings settings;
  settings.domain = "im.example.org";
  settings.limits.keys = kPeopleMax;
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
      xmpp(server),
      settings(settings_for(stage.plan)),
      gateway(settings),
      worker(stage, milliseconds(40), [this] { return turn(); }),
      component(stage, server, gateway, [this] { worker.wake(); }),
      backbone(stage, im, "gateway", gateway, [this] { worker.wake(); }) {
  gateway.attach(component, backbone);
}

std::size_t GatewayNode::Process::turn() {
  if (gone_since) return 0;
  const std::size_t work = gateway.turn(stage.agenda.now());
  check_bounds();
  if (closing_until && (gateway.idle() || stage.agenda.now() > *closing_until)) farewell();
  return work;
}

void GatewayNode::Process::farewell() {
  if (!gateway.idle()) stage.laws.breaks();  // what it could not hand over comes again
  stage.trace.say("the gateway is done{}", gateway.idle() ? "" : ", though not with everything");
  xmpp.believe();
  backbone.close();
  gone_since = stage.agenda.now();
}

void GatewayNode::Process::check_bounds() const {
  const auto& deliveries = gateway.deliveries();
  stage.laws.require(deliveries.groups_in_flight() <= settings.window.barriers,
                     "law 5: more barriers than the window has");
  stage.laws.require(deliveries.deliveries_held() <= settings.window.deliveries,
                     "law 5: more deliveries in the gateway than were granted");
  stage.laws.require(gateway.requests_waiting() <= settings.requests_max &&
                         gateway.answer_bytes_waiting() <= settings.outbox_bytes,
                     "law 5: more requests or answers in the gateway than fit");
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
  lifetime_.renew();
  process_.reset();
}

void GatewayNode::restart() {
  if (process_->closing_until) return;
  stage_.trace.say("the gateway stops");
  process_->gateway.close();
  process_->closing_until = stage_.agenda.now() + kFarewell;
  process_->worker.wake();
  linger();
}

// Until its last words have left the machine.
void GatewayNode::linger() {
  stage_.agenda.after(milliseconds(10), lifetime_.while_alive([this] {
    const bool said = process_->backbone.all_said();
    const auto since = process_->gone_since;
    if (!since || (!said && stage_.agenda.now() - *since < kLinger)) return linger();
    if (!said) stage_.laws.breaks();
    process_.reset();
    stage_.agenda.after(stage_.dice.between(milliseconds(5), milliseconds(1000)),
                        lifetime_.while_alive([this] {
                          if (!process_) start();
                        }));
  }));
}

void GatewayNode::calm() {
  if (!process_) return start();
  process_->component.flow();
  process_->backbone.line().flow();
}

}  // namespace tests::sim
