#include "gateway/xmpp/strophe_component.h"

#include <poll.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "gateway/xmpp/render.h"
#include "tests/support/fake_xmpp_server.h"

namespace gateway::xmpp {
namespace {

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

// A component and a server on one thread, and a clock that only the test moves.
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

TEST_CASE("an inbound message becomes a Stanza") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='Alice@Example.org/phone' to='bot@im.example' id='m&amp;1' type='chat'>"
      "<html><body>not this</body></html><body>track &lt;b&gt;\nnyc</body><body>nor this</body>"
      "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/><request xmlns='urn:xmpp:receipts'/>"
      "<delay xmlns='urn:xmpp:delay' stamp='2006-11-22T09:30:00Z'/></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 1; }));
  const Stanza& stanza = f.listener.stanzas[0];
  CHECK(stanza.name == Stanza::Name::kMessage);
  CHECK(stanza.from.full() == "alice@example.org/phone");
  CHECK(stanza.to.full() == "bot@im.example");
  CHECK(stanza.id == "m&1");
  CHECK(stanza.type == "chat");
  CHECK(stanza.body == "track <b>\nnyc");
  CHECK(stanza.origin_id == "o1");
  CHECK(stanza.receipt_requested);
  CHECK(stanza.delayed);
}

TEST_CASE("what a message corrects or takes back is read, also as it was written earlier") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='a@x/1' to='bot@im.example'><body>soup</body>"
      "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>"
      "<message from='a@x/1' to='bot@im.example'>"
      "<retract xmlns='urn:xmpp:message-retract:1' id='m2'/></message>"
      "<message from='a@x/1' to='bot@im.example'><apply-to xmlns='urn:xmpp:fasten:0' id='m3'>"
      "<retract xmlns='urn:xmpp:message-retract:0'/></apply-to></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 3; }));
  const auto& stanzas = f.listener.stanzas;
  CHECK(stanzas[0].replaces == "m1");
  CHECK(stanzas[0].retracts.empty());
  CHECK(stanzas[1].retracts == "m2");
  CHECK(stanzas[2].retracts == "m3");
}

TEST_CASE("answers lose their quotation, and reactions are read") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='a@x/1' to='bot@im.example' type='chat'><body>&gt; süß?\nja</body>"
      "<reply xmlns='urn:xmpp:reply:0' to='bot@im.example' id='p17'/>"
      "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/>"
      "</fallback></message>"
      "<message from='a@x/1' to='bot@im.example' type='chat'><body>&gt; no\nyes</body>"
      "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='5'/>"
      "</fallback></message>"
      "<message from='a@x/1' to='bot@im.example' type='chat'>"
      "<reactions xmlns='urn:xmpp:reactions:0' id='p17'><reaction>+</reaction></reactions>"
      "</message>"
      "<message from='a@x/1' to='bot@im.example' type='chat'>"
      "<reactions xmlns='urn:xmpp:reactions:0' id='p17'/></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 4; }));
  CHECK(f.listener.stanzas[0].reply_to == "p17");
  CHECK(f.listener.stanzas[0].body == "ja");
  CHECK(f.listener.stanzas[1].reply_to.empty());
  CHECK(f.listener.stanzas[1].body == "> no\nyes");
  CHECK(f.listener.stanzas[2].reacts_to == "p17");
  CHECK(f.listener.stanzas[2].reacts);
  CHECK_FALSE(f.listener.stanzas[3].reacts);
}

TEST_CASE("presence, queries, receipts and errors are read") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<presence from='a@x/1' "
      "to='bot@im.example'><show>dnd</show><priority>-5</priority></presence>"
      "<iq from='a@x/1' to='im.example' id='q' type='get'> <query node='n' "
      "xmlns='http://jabber.org/protocol/disco#info'/></iq>"
      "<message from='a@x/1' to='bot@im.example'><received xmlns='urn:xmpp:receipts' id='p7'/>"
      "</message>"
      "<message from='a@x' to='bot@im.example' id='p8' type='error'><error type='cancel'>"
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no</text>"
      "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 4; }));
  const auto& stanzas = f.listener.stanzas;
  CHECK(stanzas[0].show == "dnd");
  CHECK(stanzas[0].priority == -5);
  CHECK(stanzas[1].query_name == "query");
  CHECK(stanzas[1].query_ns == "http://jabber.org/protocol/disco#info");
  CHECK(stanzas[1].query_node == "n");
  CHECK(stanzas[2].receipt_for == "p7");
  CHECK_FALSE(stanzas[2].body.has_value());
  CHECK(stanzas[3].error_type == "cancel");
  CHECK(stanzas[3].error_condition == "service-unavailable");
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

TEST_CASE("a hostile stanza is dropped and reported, and the stream lives on") {
  Fixture f;
  f.go_online();
  const std::string open = "<message from='eve@x/1' to='bot@im.example' id='m1' type='chat'>";
  std::string nested;
  for (int i = 0; i < 150'000; ++i) nested += "<a>";
  for (int i = 0; i < 150'000; ++i) nested += "</a>";
  f.server.send(open + "<body>" + std::string(512 * 1024, '\n') + "</body></message>");
  f.server.send(open + nested + "</message>");
  f.server.send(open + "<body>\x01</body></message>");
  f.server.send("<message from='a@x/1' to='bot@im.example'><body>still here</body></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 1; }));
  CHECK(f.listener.stanzas[0].body == "still here");
  REQUIRE(f.listener.refused.size() == 3);
  CHECK(f.listener.refused[0].second == "too long");
  CHECK(f.listener.refused[1].second == "nested too deeply");
  CHECK(f.listener.refused[2].second == "not well-formed");
  const Stanza& partial = f.listener.refused[0].first;
  CHECK(partial.from.full() == "eve@x/1");
  CHECK(partial.to.full() == "bot@im.example");
  CHECK(partial.id == "m1");
  CHECK(f.listener.offlines.empty());
}

TEST_CASE("an entity bomb ends the stream before it is parsed") {
  Fixture f;
  f.go_online();
  f.server.send("<!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'>]><message>&b;</message>");
  REQUIRE(f.until_offline());
  CHECK(f.listener.offlines[0] == "a document type declaration");
  f.pass_until_retry();
  f.go_online();
}

TEST_CASE("what is not for us, or claims to be from us, is dropped") {
  Fixture f;
  f.go_online();
  f.server.send(
      "<message from='eve@x' to='bot@elsewhere.example'><body>a</body></message>"
      "<message from='admin@im.example' to='bot@im.example'><body>b</body></message>"
      "<message from='eve@x'><body>c</body></message>"
      "<message from='@' to='bot@im.example'><body>d</body></message>"
      "<message from='a@x' to='BOT@IM.example'><body>e</body></message>");
  REQUIRE(f.until([&] { return f.listener.stanzas.size() == 1; }));
  CHECK(f.listener.stanzas[0].body == "e");
  CHECK(f.component->counters().dropped_foreign == 1);
  CHECK(f.component->counters().dropped_own == 1);
  CHECK(f.component->counters().dropped_nameless == 2);
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
