// The outbox: order, patience, refusals, bounds, crashes.
#include "gateway/web/outbox.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "bridge/wire/messages.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;
namespace base = bridge::base;

// A disk that keeps what it is given, durable when the test says so.
class MemoryStore : public OutboxStore {
 public:
  std::uint64_t append(std::string bytes) override {
    entries.push_back(std::move(bytes));
    return ++given;
  }
  std::uint64_t rewrite(std::vector<std::string> all) override {
    entries = std::move(all);
    ++rewritten;
    return ++given;
  }
  std::uint64_t durable() const override { return synced ? given : 0; }
  std::string failed() const override { return trouble; }

  std::vector<std::string> entries;
  std::uint64_t given = 0;
  bool synced = true;
  int rewritten = 0;
  std::string trouble;
};

// A bridge that answers when the test says so.
class StubBackbone : public bridge::client::Backbone {
 public:
  bool connected() const override { return there; }
  bridge::client::RequestId ask(const wire::Request& request, base::Time) override {
    asked.push_back({++last, request});
    return last;
  }
  void grant(std::uint64_t, std::uint64_t) override {}
  void ack(std::uint64_t) override {}
  void nack(const wire::Nack&) override {}
  void receipt(const wire::Receipt&) override {}
  void presence(const wire::Presence&) override {}
  std::size_t turn(base::Time) override { return 0; }

  struct Asked {
    bridge::client::RequestId id;
    wire::Request request;
  };
  std::vector<Asked> asked;
  bridge::client::RequestId last = 0;
  bool there = true;
};

struct World {
  explicit World(const OutboxSettings& settings = {}) : outbox(settings, asker, store) {
    asker.attach(bridge);
    outbox.on_settled([this](const std::string& nick, const wire::Request&, const Sent& sent) {
      settled.push_back(nick + (sent.state == Sent::State::kDone ? " done" : " refused"));
    });
  }

  void post(const std::string& nick, const std::string& text) {
    wire::Request request;
    request.mutable_actor()->set_nick(nick);
    request.mutable_publish()->set_client_id("id-" + text);
    request.mutable_publish()->set_text(text);
    outbox.submit(nick, request, now, [this, text](const Sent& sent) {
      const char* names[] = {"done", "waiting", "refused"};
      told.push_back(text + " " + names[static_cast<int>(sent.state)]);
    });
  }
  // The texts that are with the bridge now, in the order they came.
  std::vector<std::string> with_bridge() const {
    std::vector<std::string> texts;
    for (const auto& one : bridge.asked) texts.push_back(one.request.publish().text());
    return texts;
  }
  void answer(const wire::Reply& reply) {
    REQUIRE_FALSE(bridge.asked.empty());
    const auto id = bridge.asked.front().id;
    bridge.asked.erase(bridge.asked.begin());
    asker.on_reply(id, reply, now.mono);
  }
  void published() {
    wire::Reply reply;
    reply.mutable_published()->set_id(++log);
    answer(reply);
  }
  void refused(base::ErrorCode code, std::chrono::milliseconds retry_after = 0ms) {
    answer(bridge::wire::error_reply({code, "No.", retry_after}));
  }
  void pass(std::chrono::milliseconds time) {
    now.mono += time;
    now.wall_ms += time.count();
    outbox.turn(now);
  }
  void lost() {
    bridge.there = false;
    while (!bridge.asked.empty()) refused(base::ErrorCode::kUnavailable);
    outbox.turn(now);
  }
  void back() {
    bridge.there = true;
    outbox.turn(now);
  }

  MemoryStore store;
  StubBackbone bridge;
  Asker asker;
  Outbox outbox;
  base::Now now{base::Time(1h), 1'000'000};
  std::uint64_t log = 0;
  std::vector<std::string> told;
  std::vector<std::string> settled;
};

using Texts = std::vector<std::string>;

TEST_CASE("with a bridge that answers, nothing is written", "[outbox]") {
  World world;
  world.post("alice", "one");
  CHECK(world.with_bridge() == Texts{"one"});
  world.published();
  CHECK(world.told == Texts{"one done"});
  CHECK(world.store.entries.empty());
  CHECK(world.outbox.size() == 0);
}

TEST_CASE("one of a person is with the bridge at a time, people do not wait for each other",
          "[outbox]") {
  World world;
  world.post("alice", "a1");
  world.post("Alice", "a2");
  world.post("bob", "b1");
  CHECK(world.with_bridge() == Texts{"a1", "b1"});
  world.published();
  CHECK(world.with_bridge() == Texts{"b1", "a2"});
}

TEST_CASE("while the bridge is away changes are kept, then told to wait, then sent in order",
          "[outbox]") {
  World world;
  world.bridge.there = false;
  world.store.synced = false;
  world.post("alice", "one");
  world.post("alice", "two");
  world.pass(10ms);
  CHECK(world.told.empty());  // not before it is durable
  world.store.synced = true;
  world.pass(10ms);
  CHECK(world.told == Texts{"one waiting", "two waiting"});
  CHECK(world.outbox.waiting("ALICE").size() == 2);
  world.back();
  CHECK(world.with_bridge() == Texts{"one"});
  world.published();
  world.published();
  CHECK(world.settled == Texts{"alice done", "alice done"});
  CHECK(world.outbox.size() == 0);
}

TEST_CASE("a bridge that is slow is given some patience", "[outbox]") {
  World world;
  world.post("alice", "one");
  world.pass(900ms);
  CHECK(world.store.entries.empty());
  world.pass(200ms);
  world.pass(1ms);
  CHECK(world.told == Texts{"one waiting"});
  world.published();
  CHECK(world.settled == Texts{"alice done"});
}

TEST_CASE("what was with the bridge when it went is sent again", "[outbox]") {
  World world;
  world.post("alice", "one");
  world.lost();
  world.pass(1ms);
  CHECK(world.told == Texts{"one waiting"});
  world.back();
  CHECK(world.with_bridge() == Texts{"one"});
  CHECK(world.bridge.asked.front().request.publish().client_id() == "id-one");
}

TEST_CASE("a post that comes again while it is here is the same post", "[outbox]") {
  World world;
  world.post("alice", "one");
  world.post("alice", "one");
  CHECK(world.outbox.size() == 1);
  world.published();
  CHECK(world.told == Texts{"one done", "one done"});
  world.bridge.there = false;
  world.post("alice", "two");
  world.pass(1ms);
  world.post("alice", "two");
  CHECK(world.told == Texts{"one done", "one done", "two waiting", "two waiting"});
  CHECK(world.outbox.size() == 1);
}

TEST_CASE("over a limit: who is there is told, who waits waits until then", "[outbox]") {
  World world;
  world.post("alice", "one");
  world.refused(base::ErrorCode::kRateLimited, 500ms);
  CHECK(world.told == Texts{"one refused"});
  world.bridge.there = false;
  world.post("alice", "two");
  world.pass(1ms);
  world.back();
  world.refused(base::ErrorCode::kRateLimited, 500ms);
  world.pass(499ms);
  CHECK(world.with_bridge().empty());
  world.pass(1ms);
  CHECK(world.with_bridge() == Texts{"two"});
}

TEST_CASE("what is refused for good is dropped with its reason, and the next goes on", "[outbox]") {
  World world;
  world.bridge.there = false;
  world.post("alice", "bad");
  world.post("alice", "good");
  world.pass(1ms);
  world.back();
  world.refused(base::ErrorCode::kForbidden);
  CHECK(world.settled == Texts{"alice refused"});
  CHECK(world.with_bridge() == Texts{"good"});
  world.published();
  const auto left = world.outbox.waiting("alice");
  REQUIRE(left.size() == 1);
  CHECK(left.front().refused == "No.");
  CHECK(world.outbox.dismiss("alice", left.front().number));
  CHECK_FALSE(world.outbox.dismiss("alice", left.front().number));
  CHECK(world.outbox.size() == 0);
}

TEST_CASE("the outbox is bounded, and says so", "[outbox]") {
  World world({.entries_max = 5, .per_person_max = 3});
  world.bridge.there = false;
  for (int i = 0; i < 4; ++i) world.post("alice", "a" + std::to_string(i));
  CHECK(world.told == Texts{"a3 refused"});
  for (int i = 0; i < 3; ++i) world.post("bob", "b" + std::to_string(i));
  CHECK(world.told == Texts{"a3 refused", "b2 refused"});
}

TEST_CASE("when the disk takes nothing, nobody is told that something waits", "[outbox]") {
  World world;
  world.bridge.there = false;
  world.store.synced = false;
  world.post("alice", "one");
  world.store.trouble = "no space";
  world.pass(1ms);
  CHECK(world.told == Texts{"one refused"});
  CHECK(world.outbox.size() == 0);
}

TEST_CASE("another process goes on where one was killed, wherever that was", "[outbox]") {
  World before;
  before.bridge.there = false;
  for (const char* text : {"one", "two", "three"}) before.post("alice", text);
  before.post("bob", "four");
  before.pass(1ms);
  before.back();
  before.published();                            // one
  before.refused(base::ErrorCode::kBadRequest);  // four, which was next
  const auto entries = before.store.entries;
  for (std::size_t cut = 4; cut <= entries.size(); ++cut) {
    World after;
    after.bridge.there = false;
    REQUIRE(
        after.outbox.load({entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(cut)}));
    std::string waiting;
    for (const auto& one : after.outbox.waiting("alice"))
      waiting += one.request.publish().text() + " ";
    CHECK(waiting == (cut == 4 ? "one two three " : "two three "));
    CHECK(after.outbox.waiting("bob").size() == 1);
    CHECK(after.outbox.waiting("bob").front().refused.empty() == (cut < 6));
    after.back();
    CHECK(after.with_bridge().front() == (cut == 4 ? "one" : "two"));
    after.post("alice", "five");  // behind what waits
    for (int i = 0; i < 6 && !after.bridge.asked.empty(); ++i) after.published();
    CHECK(after.told == Texts{"five done"});
  }
}

TEST_CASE("what waits goes by the new name of somebody who is renamed, also in another process",
          "[outbox]") {
  World world;
  world.bridge.there = false;
  world.post("bob", "spam");
  world.post("alice", "one");
  world.post("alice", "two");
  world.pass(1ms);
  world.back();
  world.refused(base::ErrorCode::kUnknown);  // one: alice was asked about first
  CHECK(world.with_bridge() == Texts{"spam", "two"});
  world.outbox.rename("ALICE", "Alicia");
  world.pass(1ms);
  CHECK(world.bridge.asked.back().request.actor().nick() == "Alicia");
  world.bridge.asked.erase(world.bridge.asked.begin());  // of bob
  world.refused(base::ErrorCode::kUnknown);              // two, to the old name
  CHECK(world.outbox.waiting("alice").empty());
  CHECK(world.outbox.waiting("alicia").back().refused.empty());
  World after;
  REQUIRE(after.outbox.load(world.store.entries));
  CHECK(after.outbox.waiting("alice").empty());
  const auto waiting = after.outbox.waiting("alicia");
  REQUIRE(waiting.size() == 2);
  CHECK_FALSE(waiting[0].refused.empty());
  CHECK(waiting[1].request.actor().nick() == "Alicia");
  world.published();
  CHECK(world.settled.back() == "Alicia done");
}

TEST_CASE("a file that has much to forget is written anew", "[outbox]") {
  World world;
  for (int i = 0; i < 3'000; ++i) {
    world.bridge.there = false;
    world.post("alice", std::to_string(i));
    world.pass(1ms);
    world.back();
    world.published();
  }
  world.pass(1ms);
  CHECK(world.store.rewritten >= 1);
  CHECK(world.store.entries.size() < 4'200);
}

TEST_CASE("the file keeps what was durable, cut anywhere", "[outbox][file]") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("lapwing-outbox-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "outbox").string();
  {
    auto opened = OutboxFile::open(path);
    REQUIRE(opened);
    CHECK(opened->entries.empty());
    std::uint64_t ticket = 0;
    for (const char* text : {"one", "two", "three"}) ticket = opened->file->append(text);
    while (opened->file->durable() < ticket) std::this_thread::yield();
    ticket = opened->file->rewrite({"two", "three"});
    ticket = opened->file->append("four");
    while (opened->file->durable() < ticket) std::this_thread::yield();
  }
  std::ifstream in(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t end = 8; end <= whole.size(); ++end) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, end);
    auto opened = OutboxFile::open(path);
    REQUIRE(opened);
    const Texts all{"two", "three", "four"};
    REQUIRE(opened->entries.size() <= 3);
    CHECK(std::equal(opened->entries.begin(), opened->entries.end(), all.begin()));
    if (end == whole.size()) CHECK(opened->entries == all);
    const auto ticket = opened->file->append("later");  // the torn end is gone
    while (opened->file->durable() < ticket) std::this_thread::yield();
    opened->file.reset();
    CHECK(OutboxFile::open(path)->entries.back() == "later");
  }
  std::ofstream(path, std::ios::binary | std::ios::trunc) << "something else";
  CHECK_FALSE(OutboxFile::open(path));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gateway::web
