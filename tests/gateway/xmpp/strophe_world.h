// A component and a server on one thread, over a real socket, and a clock that only the test moves.
//
//   Fixture f;
//   f.go_online();
//   f.server.send("<message .../>");
//   f.settle();
//   CHECK(f.listener.stanzas.size() == 1);
#pragma once

#include <poll.h>

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/xmpp/strophe_component.h"
#include "tests/support/fake_xmpp_server.h"

namespace gateway::xmpp {

using namespace std::chrono_literals;
using bridge::base::Time;
using tests::support::FakeXmppServer;

struct Listener : ComponentListener {
  int onlines = 0;
  std::vector<std::string> offlines;
  std::vector<Stanza> stanzas;
  std::vector<BarrierId> barriers;
  std::vector<std::pair<Stanza, std::string>> refused;

  void on_online(Time) override { ++onlines; }
  void on_offline(std::string_view reason, Time) override { offlines.emplace_back(reason); }
  void on_stanza(const Stanza& stanza, Time) override { stanzas.push_back(stanza); }
  void on_barrier(BarrierId barrier, std::chrono::nanoseconds, Time) override {
    barriers.push_back(barrier);
  }
  void on_refused(const Stanza& partial, std::string_view why, Time) override {
    refused.emplace_back(partial, why);
  }
};

struct Fixture {
  FakeXmppServer server;
  Listener listener;
  std::unique_ptr<StropheComponent> component;
  Time now{1h};

  explicit Fixture(const std::function<void(StropheOptions&)>& change = {})
      : server(FakeXmppServer::Options{}) {
    StropheOptions options{
        .host = "127.0.0.1", .port = server.port(), .domain = "im.example", .secret = "secret"};
    if (change) change(options);
    auto created = StropheComponent::create(options, listener);
    REQUIRE(created.has_value());
    component = std::move(*created);
  }

  // Turns for both until `done`, or until it is clear that it will not happen. Waits only for the
  // kernel to carry bytes between them, never for time to pass.
  bool until(const std::function<bool()>& done) {
    for (int i = 0; i < 20'000; ++i) {
      component->turn(now);
      server.turn();
      if (done()) return true;
      pollfd socket{.fd = component->socket_fd(), .events = POLLIN, .revents = 0};
      if (socket.fd >= 0) ::poll(&socket, 1, 1);
      if (socket.fd < 0 && component->next_wakeup() > now) return done();
    }
    return false;
  }
  void go_online() {
    const int before = listener.onlines;
    REQUIRE(until([&] { return listener.onlines == before + 1; }));
    REQUIRE(server.authenticated());
    REQUIRE(server.problem().empty());
  }
  void pass(std::chrono::milliseconds time) { now += time; }
  void pass_until_retry() { now = component->next_wakeup(); }
  bool until_offline() {
    return until([&] { return !component->online() && !listener.offlines.empty(); });
  }
  // What the server sent has come through to the listener.
  void settle() {
    const BarrierId id = component->barrier(now);
    REQUIRE(id != 0);
    REQUIRE(until([&] { return !listener.barriers.empty() && listener.barriers.back() == id; }));
  }
};

}  // namespace gateway::xmpp
