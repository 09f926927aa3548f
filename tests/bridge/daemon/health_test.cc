// What /healthz says of a bridge in trouble: the committer, the loops' meters and the exporter are
// the real ones, the disk and the clock are the test's.
#include "bridge/health.h"

#include <catch2/catch.hpp>

#include "bridge/backbone/memory_store.h"
#include "bridge/base/exporter.h"
#include "tests/support/http_get.h"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kStart{1h};

class Service final : private state::CommitListener {
 public:
  Service() { REQUIRE(committer.load()); }

  void publish(base::Time when) {
    wire::Request request;
    request.mutable_actor()->set_nick("alice");
    request.mutable_publish()->set_client_id(std::to_string(++posts_));
    request.mutable_publish()->set_text("hello");
    request.mutable_publish()->set_create_author(true);
    committer.stage({{}, request, true}, {when, 1});
    committer.commit({when, 1});
  }
  std::string healthz(base::Time when) {
    const auto exporter = base::Exporter::open(
        "127.0.0.1:0",
        {.metrics = [](base::Metrics&) {},
         .trouble = [&] { return health::trouble(loops, committer.counters(), when); }});
    REQUIRE(exporter);
    return http_get((*exporter)->address(), "/healthz");
  }

  backbone::MemoryStore store;
  state::Committer committer{store, {}, *this};
  base::LoopMeter lane;
  base::LoopMeter fanout;
  std::vector<health::Loop> loops{{"lane-web", &lane}, {"fanout", &fanout}};
  wire::Reply last_reply;

 private:
  void on_reply(const state::ReplyAddress&, wire::Reply reply) override {
    last_reply = std::move(reply);
  }
  void on_committed(const std::vector<backbone::RecordPtr>&) override {}

  int posts_ = 0;
};

TEST_CASE("a log that cannot be written is a 503 with the reason, until it can be again") {
  Service service;
  service.publish(kStart);
  CHECK_THAT(service.healthz(kStart),
             Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith("\r\n\r\nok\n"));

  service.store.fill_disk();
  service.publish(kStart + 1s);
  CHECK(service.last_reply.error().code() == wire::UNAVAILABLE);
  CHECK_THAT(service.healthz(kStart + 1s),
             Catch::StartsWith("HTTP/1.1 503") &&
                 Catch::EndsWith("\r\n\r\nThe log cannot be written: is the disk full?\n"));

  service.store.free_disk();
  service.committer.commit({kStart + 3s, 1});  // the committer looks once a second
  CHECK_THAT(service.healthz(kStart + 3s), Catch::StartsWith("HTTP/1.1 200"));
  service.publish(kStart + 4s);
  CHECK(service.last_reply.has_published());
}

TEST_CASE("a loop that is stuck is a 503 with its name, and more than a full disk") {
  Service service;
  service.lane.begin(kStart);
  service.lane.end(kStart + 1ms);
  service.fanout.begin(kStart);
  CHECK_THAT(service.healthz(kStart + 9s), Catch::StartsWith("HTTP/1.1 200"));

  service.store.fill_disk();
  service.publish(kStart + 10s);
  const std::string sentence = "The thread fanout has been in one turn for 12 seconds.";
  CHECK_THAT(service.healthz(kStart + 12s),
             Catch::StartsWith("HTTP/1.1 503") && Catch::EndsWith("\r\n\r\n" + sentence + "\n"));
  // Only this is for the watchdog: a restart makes no room on a disk.
  CHECK(health::stuck(service.loops, kStart + 12s) == sentence);
  service.fanout.end(kStart + 13s);
  CHECK(health::stuck(service.loops, kStart + 13s).empty());
  CHECK_THAT(service.healthz(kStart + 13s), Catch::EndsWith("is the disk full?\n"));
}

}  // namespace
}  // namespace bridge
