#include "gateway/xmpp/strophe_component.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/xmpp/render.h"
#include "strophe_world.h"

namespace gateway::xmpp {
namespace {

std::string chat(const std::string& id) {
  std::string out;
  render(out, Chat{.from = "bot@im.example", .to = "alice@x", .id = id, .body = "hello"});
  return out;
}

TEST_CASE("it authenticates, and says so once") {
  Fixture f;
  CHECK_FALSE(f.component->online());
  CHECK_FALSE(f.component->send(chat("1")));
  CHECK(f.component->barrier(f.now) == 0);
  f.go_online();
  CHECK(f.component->online());
  CHECK(f.listener.onlines == 1);
  CHECK(f.component->counters().connects == 1);
}

TEST_CASE("a message goes out as it was rendered") {
  Fixture f;
  f.go_online();
  const std::string both = chat("p1") + chat("p2");
  CHECK(f.component->send(both));
  CHECK(f.component->bytes_waiting() == both.size());
  f.settle();
  CHECK(f.component->bytes_waiting() < 200);  // at most the answer to the barrier's echo
  CHECK(f.server.take_stanzas() == std::vector<std::string>{chat("p1"), chat("p2")});
  CHECK(f.server.problem().empty());
}

TEST_CASE("a barrier comes back behind what was sent before it, however it is answered") {
  const auto pings = GENERATE(FakeXmppServer::Pings::kEcho, FakeXmppServer::Pings::kResult,
                              FakeXmppServer::Pings::kError);
  Fixture f;
  f.server.set_pings(pings);
  f.go_online();
  CHECK(f.component->send(chat("p1")));
  const BarrierId first = f.component->barrier(f.now);
  const BarrierId second = f.component->barrier(f.now);
  CHECK(second > first);
  REQUIRE(f.until([&] { return f.listener.barriers.size() == 2; }));
  CHECK(f.listener.barriers == std::vector<BarrierId>{first, second});
  CHECK(f.server.take_stanzas().size() == 1);
}

TEST_CASE("an answer to a later barrier answers the earlier ones") {
  Fixture f;
  f.server.set_pings(FakeXmppServer::Pings::kWithhold);
  f.go_online();
  const BarrierId first = f.component->barrier(f.now);
  f.until([&] { return f.server.pings() == 1; });
  f.server.set_pings(FakeXmppServer::Pings::kResult);
  const BarrierId second = f.component->barrier(f.now);
  REQUIRE(f.until([&] { return f.listener.barriers.size() == 2; }));
  CHECK(f.listener.barriers == std::vector<BarrierId>{first, second});
}

TEST_CASE("nobody else can answer a barrier") {
  Fixture f;
  f.server.set_pings(FakeXmppServer::Pings::kWithhold);
  f.go_online();
  f.component->barrier(f.now);
  f.server.send(
      "<iq from='eve@x' to='im.example' id='b0-1' type='result'/>"
      "<iq from='bot@im.example' to='im.example' id='b0-1' type='result'/>");
  REQUIRE(f.until([&] { return f.component->counters().dropped_own == 1; }));
  CHECK(f.listener.barriers.empty());
  CHECK(f.listener.stanzas.size() == 1);
}

TEST_CASE("unanswered barriers are bounded") {
  Fixture f([](StropheOptions& options) { options.barriers_max = 3; });
  f.server.set_pings(FakeXmppServer::Pings::kWithhold);
  f.go_online();
  for (int i = 0; i < 3; ++i) CHECK(f.component->barrier(f.now) != 0);
  CHECK(f.component->barrier(f.now) == 0);
  f.server.release_pings();
  REQUIRE(f.until([&] { return f.listener.barriers.size() == 3; }));
  CHECK(f.component->barrier(f.now) != 0);
}

TEST_CASE("a server that reads slowly is felt in send(), and loses nothing") {
  Fixture f([](StropheOptions& options) { options.send_buffer_bytes = 16 * 1024; });
  f.go_online();
  f.server.set_reading(false);
  std::vector<std::string> sent;
  int refusals = 0;
  while (refusals < 50 && sent.size() < 500'000) {
    const std::string stanza = chat("p" + std::to_string(sent.size()));
    if (f.component->send(stanza)) {
      sent.push_back(stanza);
    } else {
      ++refusals;
      f.component->turn(f.now);
    }
    REQUIRE(f.component->bytes_waiting() <= 16 * 1024);
  }
  CHECK(refusals == 50);
  CHECK(f.component->wants_write());
  CHECK(f.component->barrier(f.now) == 0);
  f.server.set_reading(true);
  std::vector<std::string> received;
  CHECK(f.until([&] {
    for (std::string& stanza : f.server.take_stanzas()) received.push_back(std::move(stanza));
    return received.size() == sent.size();
  }));
  CHECK(received == sent);
}

TEST_CASE("a batch beyond the bound is taken when nothing waits") {
  Fixture f([](StropheOptions& options) { options.send_buffer_bytes = 1024; });
  f.go_online();
  std::string batch;
  for (int i = 0; i < 100; ++i) batch += chat("p" + std::to_string(i));
  f.until([&] { return f.component->bytes_waiting() == 0; });
  CHECK(f.component->send(batch));
  CHECK_FALSE(f.component->send(chat("x")));
  std::size_t received = 0;
  CHECK(f.until([&] { return (received += f.server.take_stanzas().size()) == 100; }));
}

TEST_CASE("it survives reconnects, and messages pass both ways after each") {
  Fixture f;
  for (int round = 0; round < 4; ++round) {
    CAPTURE(round);
    f.go_online();
    CHECK(f.component->send(chat("p" + std::to_string(round))));
    f.server.send("<message from='a@x' to='bot@im.example'><body>hi</body></message>");
    f.settle();
    CHECK(f.listener.stanzas.size() == static_cast<std::size_t>(round) + 1);
    CHECK(f.server.take_stanzas().size() == 1);
    f.listener.offlines.clear();
    switch (round) {
      case 0:
        f.server.close();
        break;
      case 1:
        f.server.stream_error("system-shutdown");
        break;
      case 2:
        f.server.stream_error("not-well-formed");
        break;
      default:
        f.server.send("</stream:stream>");
        break;
    }
    REQUIRE(f.until_offline());
    CHECK(f.component->socket_fd() == -1);
    CHECK_FALSE(f.component->send(chat("lost")));
    f.pass_until_retry();
  }
  CHECK(f.component->counters().disconnects == 4);
  CHECK(f.server.connections() == 4);
}

TEST_CASE("a stream error is the reason given") {
  Fixture f;
  f.go_online();
  f.server.stream_error("not-well-formed");
  REQUIRE(f.until_offline());
  CHECK(f.listener.offlines[0] == "not-well-formed");
}

TEST_CASE("a conflict is retried late, and works out when the other is gone") {
  Fixture f;
  f.server.refuse_handshakes("conflict");
  CHECK_FALSE(f.until([&] { return f.component->online(); }));
  CHECK(f.component->counters().conflicts == 1);
  CHECK(f.component->next_wakeup() - f.now >= 15s);
  f.server.refuse_handshakes("");
  f.pass_until_retry();
  f.go_online();
}

TEST_CASE("a wrong secret is refused, and tried again with growing delays") {
  Fixture f([](StropheOptions& options) { options.secret = "wrong"; });
  auto longest = 0ms;
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(f.until([&] { return f.component->online(); }));
    const auto delay =
        std::chrono::duration_cast<std::chrono::milliseconds>(f.component->next_wakeup() - f.now);
    CHECK(delay <= 60s);
    longest = std::max(longest, delay);
    f.pass_until_retry();
  }
  CHECK(longest >= 30s);
  CHECK(f.server.connections() == 10);
  CHECK(f.component->counters().connects_failed == 10);
  CHECK(f.listener.offlines.empty());
}

TEST_CASE("a server that is not there yet is waited for") {
  Fixture f;
  f.server.stop_listening();
  CHECK_FALSE(f.until([&] { return f.component->online(); }));
  CHECK(f.component->counters().connects_failed == 1);
  f.server.listen_again();
  f.pass_until_retry();
  f.go_online();
}

TEST_CASE("a server that accepts and says nothing is given up") {
  Fixture f;
  f.component->turn(f.now);
  CHECK(f.component->next_wakeup() == f.now + 15s);
  f.pass(15s);
  f.component->turn(f.now);
  CHECK(f.component->socket_fd() == -1);
  CHECK(f.component->counters().connects_failed == 1);
}

TEST_CASE("an unanswered barrier means reconnecting") {
  Fixture f;
  f.server.set_pings(FakeXmppServer::Pings::kWithhold);
  f.go_online();
  f.component->barrier(f.now);
  f.until([&] { return f.server.pings() == 1; });
  CHECK(f.component->next_wakeup() == f.now + 30s);
  f.pass(30s);
  REQUIRE(f.until_offline());
  CHECK(f.component->counters().barriers_timed_out == 1);
  f.server.set_pings(FakeXmppServer::Pings::kEcho);
  f.pass_until_retry();
  f.go_online();
  f.settle();
}

TEST_CASE("when all is quiet it asks whether the server is still there") {
  Fixture f;
  f.go_online();
  CHECK(f.component->next_wakeup() == f.now + 30s);
  f.pass(30s);
  REQUIRE(f.until([&] { return f.server.pings() == 1; }));
  f.until([&] { return f.component->next_wakeup() == f.now + 30s; });
  CHECK(f.listener.barriers.empty());  // not the owner's

  f.server.set_pings(FakeXmppServer::Pings::kWithhold);
  f.pass(30s);
  REQUIRE(f.until([&] { return f.server.pings() == 2; }));
  f.pass(30s);
  REQUIRE(f.until_offline());
}

TEST_CASE("a connection that held starts the delays over") {
  Fixture f;
  f.server.refuse_handshakes("not-authorized");
  for (int i = 0; i < 6; ++i) {
    f.until([&] { return f.component->online(); });
    f.pass_until_retry();
  }
  f.server.refuse_handshakes("");
  f.go_online();
  f.pass(20s);
  f.settle();
  f.pass(20s);
  f.server.close();
  REQUIRE(f.until_offline());
  CHECK(f.component->next_wakeup() - f.now <= 1s);
}

TEST_CASE("the listener may send from its callbacks") {
  struct Answering : Listener {
    StropheComponent* component = nullptr;
    void on_stanza(const Stanza& stanza, Time now) override {
      Listener::on_stanza(stanza, now);
      component->send(chat("answer"));
      component->barrier(now);
    }
  };
  FakeXmppServer server(FakeXmppServer::Options{});
  Answering listener;
  auto component = StropheComponent::create(
      {.port = server.port(), .domain = "im.example", .secret = "secret"}, listener);
  REQUIRE(component.has_value());
  listener.component = component->get();
  const Time now{1h};
  for (int i = 0; i < 20'000 && listener.barriers.size() < 3; ++i) {
    (*component)->turn(now);
    server.turn();
    if (server.authenticated() && listener.stanzas.empty() && i % 100 == 99) {
      server.send(
          "<message from='a@x' to='bot@im.example'><body>1</body></message>"
          "<message from='a@x' to='bot@im.example'><body>2</body></message>"
          "<message from='a@x' to='bot@im.example'><body>3</body></message>");
    }
  }
  CHECK(listener.barriers.size() >= 3);
  CHECK(server.take_stanzas().size() >= 3);
}

TEST_CASE("a host without an address is an error at once") {
  Listener listener;
  const auto component = StropheComponent::create({.host = "no such host"}, listener);
  REQUIRE_FALSE(component.has_value());
  CHECK(component.error().code == bridge::base::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace gateway::xmpp
