// Importing against an in-process bridge: nothing lost, nothing twice, whatever comes between.
#include "bridge/ctl/importer.h"

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <sstream>

#include "bridge/client/memory_backbone.h"
#include "bridge/wire/messages.h"

namespace bridge::ctl {
namespace {

using namespace std::chrono_literals;

class Lines : public LineSource {
 public:
  Next next(std::string& line) override {
    if (lines.empty()) return open ? Next::kLater : Next::kEnd;
    line = lines.front();
    lines.pop_front();
    return Next::kLine;
  }
  std::optional<double> fraction() const override { return std::nullopt; }

  std::deque<std::string> lines;
  bool open = false;  // more may come
};

// A bridge that keeps posts by (author, client id, text), and an importer that fills it.
class Fixture {
 public:
  explicit Fixture(ImporterOptions options = {.author = "bob", .label = "test"})
      : importer(std::move(options), source, problems),
        backbone(importer, [this](const wire::Request& request) { return answer(request); }) {}

  void import(std::deque<std::string> lines) {
    source.lines = std::move(lines);
    run();
  }

  void run(int turns_max = 1000) {
    for (int i = 0; i < turns_max && !importer.done(); ++i) turn();
  }

  void turn() {
    now += 20ms;
    backbone.turn(now);
    importer.turn(backbone, now);
    backbone.turn(now);
  }

  wire::Reply answer(const wire::Request& request) {
    if (!refusals.empty()) {
      const base::Error error = refusals.front();
      refusals.pop_front();
      return wire::error_reply(error);
    }
    const auto& publish = request.publish();
    const auto key = request.actor().nick() + "|" + publish.client_id() + "|" + publish.text();
    const bool fresh = log.try_emplace(key, log.size() + 1).second;
    wire::Reply reply;
    reply.mutable_published()->set_id(log[key]);
    reply.mutable_published()->set_duplicate(!fresh);
    return reply;
  }

  base::Time now{1h};
  Lines source;
  std::ostringstream problems;
  std::map<std::string, std::uint64_t> log;
  std::deque<base::Error> refusals;  // the next answers
  Importer importer;
  client::MemoryBackbone backbone;
};

TEST_CASE("a line that stands twice is two posts, blank lines are none") {
  Fixture f;
  f.import({"hi", "", "ho", "hi", "  "});
  CHECK(f.importer.done());
  CHECK(f.log.size() == 3);
  CHECK(f.log.contains("bob|import:test:2|hi"));
  CHECK(f.importer.counts().published == 3);
}

TEST_CASE("importing again publishes nothing again") {
  Fixture f;
  f.import({"hi", "ho", "hi"});
  Importer second({.author = "bob", .label = "test"}, f.source, f.problems);
  client::MemoryBackbone backbone(second,
                                  [&f](const wire::Request& request) { return f.answer(request); });
  f.source.lines = {"hi", "ho", "hi", "new"};
  while (!second.done()) {
    f.now += 20ms;
    backbone.turn(f.now);
    second.turn(backbone, f.now);
  }
  CHECK(second.counts().already_there == 3);
  CHECK(second.counts().published == 1);
  CHECK(f.log.size() == 4);
}

TEST_CASE("bad lines are reported with their number and counted") {
  Fixture f;
  f.import({"hi", "", "caf\xE9", R"({"author":"a b","text":"x"})", "ho"});
  CHECK(f.importer.counts().published == 2);
  CHECK(f.importer.counts().refused == 2);
  CHECK(f.problems.str() ==
        "line 3: The line is not valid UTF-8.\n"
        "line 4: A nick has 1 to 20 characters, only letters A to Z, digits and _.\n");
}

TEST_CASE("what the bridge does not want is reported with its reason") {
  Fixture f;
  f.refusals = {{base::ErrorCode::kBadRequest, "Too long."}};
  f.import({"hi"});
  CHECK(f.importer.counts().refused == 1);
  CHECK(f.problems.str() == "line 1: Too long.\n");
}

TEST_CASE("a post over a limit waits as long as the bridge says, then goes in once") {
  Fixture f;
  f.refusals = {{base::ErrorCode::kRateLimited, "Slowly.", 500ms},
                {base::ErrorCode::kBusy, "Full."}};
  f.source.lines = {"a", "b", "c"};
  f.turn();
  f.turn();
  CHECK(f.log.size() <= 1);
  const auto from = f.now;
  while (f.log.size() < 3) f.turn();
  CHECK(f.now - from >= 400ms);
  f.run();
  CHECK(f.importer.done());
  CHECK(f.importer.counts().published == 3);
  CHECK(f.importer.counts().repeated == 2);
}

TEST_CASE("a break in the middle loses nothing and publishes nothing twice") {
  Fixture f;
  for (int i = 0; i < 1000; ++i) f.source.lines.push_back("post " + std::to_string(i));
  f.turn();
  f.turn();
  // These are published, and their answers are lost with the session.
  f.backbone.peer().hold_replies(true);
  f.turn();
  f.backbone.break_link();
  for (int i = 0; i < 3000 && f.backbone.connected(); ++i) f.turn();
  f.backbone.mend_link();
  f.backbone.peer().hold_replies(false);
  f.run(20'000);
  CHECK(f.importer.done());
  CHECK(f.log.size() == 1000);
  const ImportCounts& counts = f.importer.counts();
  CHECK(counts.published + counts.already_there == 1000);
}

TEST_CASE("no more are on their way than allowed") {
  Fixture f({.author = "bob", .label = "test", .in_flight_max = 4});
  for (int i = 0; i < 100; ++i) f.source.lines.push_back(std::to_string(i));
  f.backbone.peer().hold_replies(true);
  for (int i = 0; i < 10; ++i) f.turn();
  CHECK(f.source.lines.size() == 96);
  f.backbone.peer().hold_replies(false);
  f.run();
  CHECK(f.log.size() == 100);
}

TEST_CASE("the rate is kept") {
  Fixture f({.author = "bob", .label = "test", .rate = 100});
  for (int i = 0; i < 1000; ++i) f.source.lines.push_back(std::to_string(i));
  const auto from = f.now;
  while (f.now - from < 2s) f.turn();
  CHECK(f.log.size() >= 190);
  CHECK(f.log.size() <= 210);
}

TEST_CASE("waiting for input is no stall, a bridge in trouble is one") {
  Fixture f;
  f.source.open = true;
  f.source.lines = {"hi"};
  for (int i = 0; i < 500; ++i) f.turn();
  CHECK(f.importer.wants_input());
  CHECK(f.importer.stalled_for(f.now) == 0s);

  for (int i = 0; i < 1000; ++i) f.refusals.push_back({base::ErrorCode::kUnavailable, "Disk."});
  f.source.lines = {"ho"};
  for (int i = 0; i < 500; ++i) f.turn();
  CHECK(f.importer.stalled_for(f.now) > 9s);
}

}  // namespace
}  // namespace bridge::ctl
