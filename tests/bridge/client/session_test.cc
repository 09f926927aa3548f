#include "bridge/client/session.h"

#include <catch2/catch.hpp>

#include "tests/bridge/client/recorder.h"

namespace bridge::client {

using namespace std::chrono_literals;
using testing::batch;
using testing::Recorder;
using testing::whois;
using Events = std::vector<std::string>;
using wire::Type;

namespace {

// The session under test, with the test in the place of the network and the bridge.
struct Story {
  explicit Story(SessionOptions options = {.client = "gateway", .seed = 7})
      : session(std::move(options), recorder) {}

  // Everything that goes out now.
  std::vector<wire::Message> turn() {
    session.turn(now);
    std::vector<wire::Message> out;
    while (const auto* message = session.front()) {
      out.push_back(*message);
      session.pop(now);
    }
    for (const auto& message : out) {
      if (message.header.type == Type::kHello) epoch = message.header.epoch;
    }
    return out;
  }

  std::vector<Type> turn_types() {
    std::vector<Type> types;
    for (const auto& message : turn()) types.push_back(message.header.type);
    return types;
  }

  void pass(std::chrono::milliseconds time) { now += time; }

  void hear(Type type, std::uint64_t sequence = 0, std::string body = {}) {
    session.receive({{.type = type, .epoch = epoch, .sequence = sequence}, std::move(body)}, now);
  }

  void welcome() {
    wire::Welcome body;
    body.set_version(1);
    body.set_head(12);
    body.set_ping_after_ms(2000);
    body.set_silence_ms_max(6000);
    hear(Type::kWelcome, 0, wire::serialize(body));
  }

  void connect() {
    REQUIRE(turn_types() == std::vector{Type::kHello});
    welcome();
    REQUIRE(session.connected());
    recorder.take_events();
  }

  void bye(wire::Bye::Reason reason) {
    wire::Bye body;
    body.set_reason(reason);
    hear(Type::kBye, 0, wire::serialize(body));
  }

  void reply(std::uint64_t sequence) {
    wire::Reply body;
    body.mutable_done()->set_changed(true);
    hear(Type::kReply, sequence, wire::serialize(body));
  }

  void deliver(std::uint64_t sequence, std::uint64_t id) {
    hear(Type::kBatch, sequence, wire::serialize(batch(id)));
  }

  // A minute in which the bridge answers every ping: the session has proven itself.
  void live_long() {
    for (int i = 0; i < 30; ++i) {
      pass(2s);
      turn();
      hear(Type::kPong);
    }
  }

  Recorder recorder;
  base::Time now = base::Time{} + 1h;
  std::uint64_t epoch = 0;
  Session session;
};

}  // namespace

TEST_CASE("A session opens with HELLO and is there with WELCOME") {
  Story story;
  const auto out = story.turn();
  REQUIRE(out.size() == 1);
  CHECK(out[0].header.type == Type::kHello);
  CHECK(out[0].header.epoch != 0);
  const auto hello = wire::parse<wire::Hello>(out[0].body);
  REQUIRE(hello.has_value());
  CHECK(hello->client() == "gateway");
  CHECK(hello->version_min() == 1);
  CHECK(hello->version_max() == 1);
  CHECK_FALSE(story.session.connected());
  CHECK_FALSE(story.session.trouble().empty());

  story.welcome();
  CHECK(story.session.connected());
  CHECK(story.session.trouble().empty());
  CHECK(story.recorder.events == Events{"connected"});
  CHECK(story.recorder.head == 12);
}

TEST_CASE("HELLO is said again, ever slower and with another epoch, while nobody answers") {
  Story story;
  story.turn();
  const std::uint64_t first = story.epoch;
  CHECK(story.turn().empty());
  std::chrono::milliseconds waited{};
  int hellos = 1;
  for (; waited < 10min; waited += 100ms) {
    story.pass(100ms);
    hellos += static_cast<int>(story.turn().size());
  }
  CHECK(story.epoch != first);
  CHECK(hellos > 40);   // at least every 13 seconds
  CHECK(hellos < 200);  // and never in a hurry
  CHECK(story.recorder.events.empty());
}

TEST_CASE("A HELLO that cannot leave is not counted as unanswered") {
  Story story;
  story.session.turn(story.now);
  REQUIRE(story.session.front() != nullptr);
  const std::uint64_t epoch = story.session.front()->header.epoch;
  story.pass(10min);
  story.session.turn(story.now);
  CHECK(story.session.front()->header.epoch == epoch);
  CHECK(story.session.counters().hellos == 1);
}

TEST_CASE("What cannot leave is no work: its owner may rest while the bridge is away") {
  Story story;
  CHECK(story.session.turn(story.now) == 0);
  REQUIRE(story.session.front() != nullptr);  // HELLO, which nobody takes
  for (int i = 0; i < 5; ++i) CHECK(story.session.turn(story.now) == 0);
}

TEST_CASE("A WELCOME for an earlier HELLO opens nothing") {
  Story story;
  story.turn();
  const std::uint64_t old = story.epoch;
  story.pass(4s);
  story.turn();
  story.pass(1s);
  story.turn();
  REQUIRE(story.epoch != old);
  const std::uint64_t current = std::exchange(story.epoch, old);
  story.welcome();
  CHECK_FALSE(story.session.connected());
  story.epoch = current;
  story.welcome();
  CHECK(story.session.connected());
}

TEST_CASE("A version that is not ours is refused and not asked again soon") {
  Story story;
  story.turn();
  wire::Welcome body;
  body.set_version(2);
  story.hear(Type::kWelcome, 0, wire::serialize(body));
  CHECK_FALSE(story.session.connected());
  story.pass(14s);
  CHECK(story.turn().empty());
  story.pass(17s);
  CHECK(story.turn_types() == std::vector{Type::kHello});
}

TEST_CASE("Requests are numbered, answers find them in any order") {
  Story story;
  story.connect();
  const RequestId a = story.session.ask(whois("a"), story.now);
  const RequestId b = story.session.ask(whois("b"), story.now);
  CHECK(a != b);
  const auto out = story.turn();
  REQUIRE(out.size() == 2);
  CHECK(out[0].header.sequence == 1);
  CHECK(out[1].header.sequence == 2);
  story.reply(2);
  story.reply(1);
  story.reply(1);  // a repeated answer is nobody's
  CHECK(story.recorder.events == Events{"reply 2", "reply 1"});
}

TEST_CASE("Away, a request is answered unavailable at the next turn, never within ask") {
  Story story;
  const RequestId id = story.session.ask(whois("a"), story.now);
  CHECK_FALSE(story.recorder.answered(id));
  story.turn();
  CHECK(story.recorder.answer(id) == wire::UNAVAILABLE);
}

TEST_CASE("Too many requests without an answer: busy, with a time to come back") {
  Story story({.client = "gateway", .requests_max = 3});
  story.connect();
  for (int i = 0; i < 3; ++i) story.session.ask(whois("a"), story.now);
  const RequestId extra = story.session.ask(whois("a"), story.now);
  story.turn();
  CHECK(story.recorder.answer(extra) == wire::BUSY);
  CHECK(story.recorder.replies[extra][0].error().retry_after_ms() > 0);
  story.reply(1);
  const RequestId next = story.session.ask(whois("a"), story.now);
  CHECK(story.turn_types() == std::vector{Type::kRequest});
  CHECK_FALSE(story.recorder.answered(next));
}

TEST_CASE("A request over the size of a message is refused here") {
  Story story;
  story.connect();
  const RequestId id = story.session.ask(whois(std::string(wire::kBodyBytesMax, 'x')), story.now);
  CHECK(story.turn().empty());
  CHECK(story.recorder.answer(id) == wire::BAD_REQUEST);
}

TEST_CASE("A request that is not answered in time is answered unavailable, once") {
  Story story;
  story.connect();
  const RequestId id = story.session.ask(whois("a"), story.now);
  for (int i = 0; i < 8; ++i) {
    story.turn();
    story.pass(2s);
    story.hear(Type::kPong);
  }
  story.turn();
  CHECK(story.recorder.answer(id) == wire::UNAVAILABLE);
  story.reply(1);
  CHECK(story.recorder.replies[id].size() == 1);
  CHECK(story.session.connected());
}

TEST_CASE("An answer that cannot be read still answers") {
  Story story;
  story.connect();
  const RequestId id = story.session.ask(whois("a"), story.now);
  story.turn();
  story.hear(Type::kReply, 1, "\xFF\xFF");
  CHECK(story.recorder.answer(id) == wire::UNAVAILABLE);
}

TEST_CASE("When quiet it pings, and answers pings") {
  Story story;
  story.connect();
  CHECK(story.turn().empty());
  story.pass(2s);
  CHECK(story.turn_types() == std::vector{Type::kPing});
  CHECK(story.turn().empty());
  story.hear(Type::kPing);
  CHECK(story.turn_types() == std::vector{Type::kPong});
}

TEST_CASE("Silence ends the session: requests are answered, then it is lost, then HELLO again") {
  Story story;
  story.connect();
  story.live_long();
  const RequestId id = story.session.ask(whois("a"), story.now);
  const std::uint64_t old = story.epoch;
  story.pass(6s);
  CHECK(story.turn_types() == std::vector{Type::kHello});
  CHECK(story.recorder.events == Events{"reply " + std::to_string(id), "lost"});
  CHECK(story.recorder.answer(id) == wire::UNAVAILABLE);
  CHECK(story.epoch != old);
}

TEST_CASE("Anything heard breaks the silence, also after the process itself had stood still") {
  Story story;
  story.connect();
  story.pass(10min);
  story.hear(Type::kPong);
  story.turn();
  CHECK(story.session.connected());
}

TEST_CASE("An unknown session is opened again at once") {
  Story story;
  story.connect();
  story.live_long();
  story.bye(wire::Bye::UNKNOWN_SESSION);
  CHECK(story.recorder.events == Events{"lost"});
  CHECK(story.turn_types() == std::vector{Type::kHello});
}

TEST_CASE("A bridge that welcomes and forgets is not asked as fast as it answers") {
  Story story;
  int hellos = 0;
  for (int i = 0; i < 1000; ++i) {
    for (const Type type : story.turn_types()) {
      if (type != Type::kHello) continue;
      ++hellos;
      story.welcome();
      story.bye(wire::Bye::UNKNOWN_SESSION);
    }
    story.pass(10ms);
  }
  CHECK(hellos < 20);
}

TEST_CASE("Replaced by a newer one: it steps back for long") {
  Story story;
  story.connect();
  story.live_long();
  story.bye(wire::Bye::REPLACED);
  CHECK(story.recorder.events == Events{"lost"});
  CHECK(story.recorder.lost_reason.find("replaced") != std::string::npos);
  story.pass(14s);
  CHECK(story.turn().empty());
  story.pass(17s);
  CHECK(story.turn_types() == std::vector{Type::kHello});
}

TEST_CASE("A BYE of another session is not ours, one without epoch is") {
  Story story;
  story.connect();
  const std::uint64_t current = std::exchange(story.epoch, 99);
  story.bye(wire::Bye::CLOSING);
  CHECK(story.session.connected());
  story.epoch = 0;
  story.bye(wire::Bye::PROTOCOL_ERROR);
  CHECK_FALSE(story.session.connected());
  CHECK(current != 0);
}

TEST_CASE("Every frame carries the credit; alone it travels only when nothing else goes") {
  Story story;
  story.connect();
  story.session.grant(10, 1000);
  story.session.grant(5, 500);
  auto out = story.turn();
  REQUIRE(out.size() == 1);
  CHECK(out[0].header.type == Type::kCredit);
  CHECK(out[0].header.credit_deliveries == 15);
  CHECK(out[0].header.credit_bytes == 1500);
  CHECK(story.turn().empty());

  story.session.grant(1, 1);
  story.session.ask(whois("a"), story.now);
  out = story.turn();
  REQUIRE(out.size() == 1);
  CHECK(out[0].header.type == Type::kRequest);
  CHECK(out[0].header.credit_deliveries == 16);
}

TEST_CASE("Credit granted on connecting belongs to the session, and ends with it") {
  Story story;
  story.recorder.when_connected = [&] { story.session.grant(100, 10000); };
  story.session.grant(5, 5);  // away: nothing to grant to
  story.connect();
  CHECK(story.turn()[0].header.credit_deliveries == 100);
  story.live_long();
  story.bye(wire::Bye::UNKNOWN_SESSION);
  CHECK(story.turn()[0].header.credit_deliveries == 0);
  story.welcome();
  CHECK(story.turn()[0].header.credit_deliveries == 100);
}

TEST_CASE("Acknowledgements are cumulative, one frame a turn") {
  Story story;
  story.connect();
  for (std::uint64_t i = 1; i <= 3; ++i) story.deliver(i, i);
  story.session.ack(1);
  story.session.ack(2);
  story.session.ack(2);
  story.session.grant(2, 600);
  const auto out = story.turn();
  REQUIRE(out.size() == 1);
  CHECK(out[0].header.type == Type::kAck);
  CHECK(out[0].header.sequence == 2);
  CHECK(out[0].header.credit_deliveries == 2);
  CHECK(story.turn().empty());
  story.session.ack(77);  // no more than was received
  CHECK(story.turn()[0].header.sequence == 3);
}

TEST_CASE("A repeated batch is heard once") {
  Story story;
  story.connect();
  story.deliver(1, 70);
  story.deliver(1, 70);
  story.deliver(2, 71);
  CHECK(story.recorder.events == Events{"batch 1", "batch 2"});
  CHECK(story.session.counters().batches_repeated == 1);
}

TEST_CASE("A missing batch ends the session, so that the bridge sends it again") {
  Story story;
  story.connect();
  story.live_long();
  story.deliver(1, 70);
  story.deliver(3, 72);
  CHECK(story.recorder.events == Events{"batch 1", "lost"});
  CHECK(story.turn_types() == std::vector{Type::kHello});
}

TEST_CASE("A batch of the session before is dropped, its acknowledgement means nothing") {
  Story story;
  story.connect();
  story.live_long();
  story.deliver(1, 70);
  const std::uint64_t old = story.epoch;
  story.bye(wire::Bye::UNKNOWN_SESSION);
  story.turn();
  story.welcome();
  const std::uint64_t current = std::exchange(story.epoch, old);
  story.deliver(2, 71);
  story.epoch = current;
  story.deliver(1, 70);
  CHECK(story.recorder.events == Events{"batch 1", "lost", "connected", "batch 2"});

  story.turn();
  story.session.ack(1);  // handed on, but the bridge has forgotten that session
  CHECK(story.turn().empty());
  story.session.ack(2);
  CHECK(story.turn()[0].header.sequence == 1);
}

TEST_CASE("Presence is gathered into few messages, and keeps its order") {
  Story story;
  story.connect();
  const auto change = [&](const std::string& address, bool available) {
    wire::Presence presence;
    auto& one = *presence.add_changes();
    one.set_address(address);
    one.set_available(available);
    story.session.presence(presence);
  };
  for (int i = 0; i < 100; ++i) change("p" + std::to_string(i) + "@x", true);
  wire::Nack nack;
  nack.set_address("p1@x");
  story.session.nack(nack);
  change("p1@x", false);
  CHECK(story.turn_types() ==
        std::vector{Type::kPresence, Type::kPresence, Type::kNack, Type::kPresence});
}

TEST_CASE("While away, what is said about deliveries is forgotten") {
  Story story;
  story.session.nack({});
  story.session.receipt({});
  wire::Presence presence;
  presence.add_changes()->set_address("a@x");
  story.session.presence(presence);
  story.session.ack(3);
  CHECK(story.turn_types() == std::vector{Type::kHello});
  story.welcome();
  CHECK(story.turn().empty());
}

TEST_CASE("A way out that is stuck ends the session instead of filling memory") {
  Story story({.client = "gateway", .outbox_max = 10});
  story.connect();
  for (int i = 0; i < 11; ++i) story.session.receipt({});
  story.session.turn(story.now);
  CHECK_FALSE(story.session.connected());
  CHECK(story.recorder.events == Events{"lost"});
}

TEST_CASE("When nothing leaves any more, the session ends long before the silence would end it") {
  Story story;
  story.connect();
  const RequestId id = story.session.ask(whois("a"), story.now);
  for (int i = 0; i < 35; ++i) {
    story.session.turn(story.now);
    story.session.front();  // refused: nobody is there
    story.pass(100ms);
  }
  CHECK(story.recorder.answer(id) == wire::UNAVAILABLE);
  CHECK(story.recorder.events.back() == "lost");
}

TEST_CASE("A way out that was shut for a moment is no reason to leave") {
  Story story;
  story.connect();
  for (int i = 0; i < 20; ++i) {
    story.session.ask(whois("a"), story.now);
    story.session.turn(story.now);
    story.session.front();
    story.pass(2s);
    story.hear(Type::kPong);
    story.session.turn(story.now);
    story.session.pop(story.now);
  }
  CHECK(story.session.connected());
}

TEST_CASE("The listener may ask again from within an answer") {
  Story story;
  int again = 5;
  story.recorder.when_replied = [&](RequestId) {
    if (again-- > 0) story.session.ask(whois("a"), story.now);
  };
  story.session.ask(whois("a"), story.now);
  for (int i = 0; i < 10; ++i) story.turn();
  CHECK(story.recorder.replies.size() == 6);
}

TEST_CASE("That the server is lost is said after what it had taken, and before who is there now") {
  Story story;
  story.connect();
  story.deliver(1, 70);
  wire::Presence presence;
  presence.add_changes()->set_address("a@x");
  story.session.presence(presence);
  story.session.ack(1);
  presence.set_server_lost(true);
  story.session.presence(presence);
  story.session.presence(presence);
  CHECK(story.turn_types() ==
        std::vector{Type::kPresence, Type::kAck, Type::kPresence, Type::kPresence});
}

TEST_CASE("Closing says what is left to say, then BYE, and nothing after it") {
  Story story;
  story.connect();
  story.deliver(1, 70);
  story.session.ack(1);
  story.session.nack({});
  story.session.close();
  CHECK(story.turn_types() == std::vector{Type::kNack, Type::kAck, Type::kBye});
  story.pass(1h);
  CHECK(story.turn().empty());
}

TEST_CASE("Closing before the bridge has welcomed says nothing") {
  Story story;
  story.turn();
  story.session.close();
  CHECK(story.turn().empty());
}

TEST_CASE("A bridge that says what only clients say is counted and ignored") {
  Story story;
  story.connect();
  story.hear(Type::kAck);
  story.hear(Type::kRequest, 1, "");
  story.hear(Type::kGap, 0, "\xFF");
  CHECK(story.session.connected());
  CHECK(story.session.counters().frames_bad == 3);
}

}  // namespace bridge::client
