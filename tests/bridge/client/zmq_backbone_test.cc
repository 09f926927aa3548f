#include "bridge/client/zmq_backbone.h"

#include <catch2/catch.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "tests/bridge/client/recorder.h"
#include "tests/bridge/wire/loopback.h"

namespace bridge::client {

using namespace std::chrono_literals;
using testing::batch;
using testing::Recorder;
using testing::whois;
using wire::testing::TempDir;

namespace {

// A router that was here before may still be closing in the background.
wire::Router bind(wire::Context& context, const wire::RouterOptions& options) {
  std::optional<wire::Router> router;
  wire::Poller poller;
  REQUIRE(wire::testing::eventually(poller, [&] {
    auto bound = wire::Router::bind(context, options);
    if (bound) router = std::move(*bound);
    return router.has_value();
  }));
  return std::move(*router);
}

// Stands where a lane will: welcomes, echoes, delivers one batch per credit frame.
class Lane {
 public:
  Lane(wire::Context& context, const wire::RouterOptions& options)
      : router_(bind(context, options)) {}

  const std::string& endpoint() const { return router_.endpoint(); }

  void turn() {
    while (const auto received = router_.receive()) {
      REQUIRE(received->message.has_value());
      answer(received->peer, *received->message);
    }
  }

  int hellos = 0;
  int byes = 0;
  std::uint64_t acked = 0;

 private:
  void answer(const std::string& peer, const wire::Message& message) {
    wire::Header out{.epoch = message.header.epoch, .sequence = message.header.sequence};
    if (message.header.type != wire::Type::kHello && message.header.epoch != epoch_) {
      wire::Bye bye;
      bye.set_reason(wire::Bye::UNKNOWN_SESSION);
      out.type = wire::Type::kBye;
      router_.send(peer, out, wire::serialize(bye));
      return;
    }
    switch (message.header.type) {
      case wire::Type::kHello: {
        ++hellos;
        epoch_ = message.header.epoch;
        wire::Welcome welcome;
        welcome.set_version(1);
        welcome.set_ping_after_ms(100);
        welcome.set_silence_ms_max(6000);
        out.type = wire::Type::kWelcome;
        router_.send(peer, out, wire::serialize(welcome));
        break;
      }
      case wire::Type::kRequest: {
        wire::Reply reply;
        reply.mutable_profile()->set_nick(wire::parse<wire::Request>(message.body)->whois().nick());
        out.type = wire::Type::kReply;
        router_.send(peer, out, wire::serialize(reply));
        break;
      }
      case wire::Type::kCredit:
        out.type = wire::Type::kBatch;
        out.sequence = 1;
        router_.send(peer, out, wire::serialize(batch(70)));
        break;
      case wire::Type::kAck:
        acked = message.header.sequence;
        break;
      case wire::Type::kBye:
        ++byes;
        break;
      default:
        break;
    }
  }

  wire::Router router_;
  std::uint64_t epoch_ = 0;
};

}  // namespace

TEST_CASE("Over ipc: connect, ask, be delivered to, acknowledge, say goodbye") {
  TempDir dir;
  wire::Context context;
  Lane lane(context, {.endpoint = dir.ipc("im")});
  Recorder recorder;
  {
    ZmqBackbone backbone(context, {.endpoint = dir.ipc("im"), .client = "gateway"}, recorder);
    const auto until = [&](const std::function<bool()>& done) {
      return backbone.wait(
          [&] {
            lane.turn();
            return done();
          },
          10s);
    };
    REQUIRE(until([&] { return backbone.connected(); }));
    const RequestId id = backbone.ask(whois("bob"), base::read_clocks().mono);
    REQUIRE(until([&] { return recorder.answered(id); }));
    CHECK(recorder.replies.at(id)[0].profile().nick() == "bob");

    backbone.grant(10, 10'000);
    REQUIRE(until([&] { return recorder.batches.size() == 1; }));
    backbone.ack(recorder.batches[0].first);
    REQUIRE(until([&] { return lane.acked == 1; }));
  }
  wire::Poller poller;
  CHECK(wire::testing::eventually(poller, [&] {
    lane.turn();
    return lane.byes == 1;
  }));
}

TEST_CASE("While nobody is there, a turn finds nothing to do") {
  TempDir dir;
  wire::Context context;
  Recorder recorder;
  ZmqBackbone backbone(context, {.endpoint = dir.ipc("im"), .client = "gateway"}, recorder);
  const base::Time now = base::read_clocks().mono;
  for (int i = 0; i < 10; ++i) CHECK(backbone.turn(now) == 0);
}

TEST_CASE("Over tcp with CURVE") {
  wire::Context context;
  const wire::KeyPair server = wire::generate_keys();
  const wire::KeyPair client = wire::generate_keys();
  Lane lane(
      context,
      {.endpoint = "tcp://127.0.0.1:*", .server_keys = server, .client_keys = {client.public_key}});
  Recorder recorder;
  ZmqBackbone backbone(context,
                       {.endpoint = lane.endpoint(),
                        .client = "gateway",
                        .client_keys = client,
                        .server_key = server.public_key},
                       recorder);
  CHECK(backbone.wait(
      [&] {
        lane.turn();
        return backbone.connected();
      },
      10s));
}

TEST_CASE(
    "A client that starts before the bridge connects when it comes, and again when it returns") {
  TempDir dir;
  wire::Context context;
  Recorder recorder;
  ZmqBackbone backbone(context, {.endpoint = dir.ipc("im"), .client = "gateway"}, recorder);
  const RequestId early = backbone.ask(whois("bob"), base::read_clocks().mono);
  REQUIRE(backbone.wait([&] { return recorder.answered(early); }, 10s));
  CHECK(recorder.answer(early) == wire::UNAVAILABLE);

  for (int life = 1; life <= 2; ++life) {
    Lane lane(context, {.endpoint = dir.ipc("im")});
    CHECK(backbone.wait(
        [&] {
          lane.turn();
          return lane.hellos > 0 && backbone.connected();
        },
        20s));
  }
}

TEST_CASE("An endpoint that cannot be is bad configuration") {
  wire::Context context;
  Recorder recorder;
  CHECK_THROWS_AS(ZmqBackbone(context, {.endpoint = "nowhere", .client = "x"}, recorder),
                  std::invalid_argument);
}

}  // namespace bridge::client
