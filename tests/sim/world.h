// World: one simulated run: a bridge, a gateway, an XMPP server, people and publishers, under one
// clock and one seed. First a storm, then calm; when all is quiet, the laws are judged.
//
//   Outcome outcome = run(plan_for(seed), Trace::Mode::kOff);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/bridge_node.h"
#include "tests/sim/crowd.h"
#include "tests/sim/gateway_node.h"
#include "tests/sim/person.h"
#include "tests/sim/publisher.h"

namespace tests::sim {

struct Outcome {
  std::string violation;  // empty: the laws hold
  std::uint64_t steps = 0;
  std::uint64_t records = 0;
  std::uint64_t arrivals = 0;
  std::uint64_t sum = 0;  // of the trace
  std::chrono::milliseconds virtual_time{0};
};

Outcome run(const Plan& plan, Trace::Mode mode);

class World {
 public:
  World(const Plan& plan, Trace::Mode mode);

  void live();
  Outcome outcome() const;

 private:
  void storm();
  void calm();
  bool quiet();
  void fate();
  void weather();
  void one_fault();
  void fault_of_connections();
  void fault_of_disks();
  void fault_of_people();
  void thin_out();
  void erase_somebody();
  void change_cap();
  void change_limits();
  Time a_while(std::size_t longest_ms);
  LaneLine& some_line();
  void kill_bridge();
  void kill_something();
  void stop_something();
  void come_back(void (World::*start)());
  void start_bridge();
  void start_gateway();
  void start_server();
  void step();

  Stage stage_;
  std::vector<std::string> nicks_;
  BridgeNode bridge_;
  XmppServer server_;
  GatewayNode gateway_;
  std::vector<std::unique_ptr<Person>> people_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  Crowd crowd_;
  bool erased_ = false;  // somebody, in this run
};

}  // namespace tests::sim
