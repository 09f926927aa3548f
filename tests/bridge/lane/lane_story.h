// LaneStory: one lane, with the test as network, committer and fan-out.
//
//   LaneStory story(Kind::kWeb);   story.hello(); CHECK(story.ask(publish("bob")).has_published());
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bridge/backbone/memory_store.h"
#include "bridge/lane/lane.h"
#include "bridge/wire/messages.h"

namespace tests {

using bridge::lane::Kind;
using bridge::lane::Lane;
using bridge::lane::LaneOptions;
using bridge::wire::Bye;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::Type;

struct Sent {
  std::string peer;
  bridge::wire::Header header;
  std::string body;
};

class LaneStory : private bridge::lane::LaneOutput {
 public:
  explicit LaneStory(LaneOptions options) : lane(std::move(options), store, *this) {}
  explicit LaneStory(Kind kind) : LaneStory(LaneOptions{.kind = kind}) {}

  void receive(const std::string& peer, Type type, const std::string& body = {},
               std::uint64_t number = 0) {
    bridge::wire::Message message;
    message.header.type = type;
    message.header.epoch = epoch;
    message.header.sequence = number;
    message.header.credit_deliveries = credit;
    message.header.credit_bytes = credit * 1000;
    message.body = body;
    lane.on_message({peer, user, {}, message}, now);
  }
  void hello(const std::string& peer = "p", const std::string& client = "gw",
             std::uint32_t version = 1) {
    bridge::wire::Hello hello;
    hello.set_client(client);
    hello.set_version_min(version);
    hello.set_version_max(version);
    receive(peer, Type::kHello, bridge::wire::serialize(hello));
  }
  Reply ask(const Request& request) {
    const std::size_t before = sent.size();
    receive("p", Type::kRequest, bridge::wire::serialize(request), ++sequence);
    if (sent.size() == before || sent.back().header.type != Type::kReply) return {};
    return *bridge::wire::parse<Reply>(sent.back().body);
  }
  Bye last_bye() const {
    REQUIRE(sent.back().header.type == Type::kBye);
    return *bridge::wire::parse<Bye>(sent.back().body);
  }

  bridge::backbone::MemoryStore store;
  Lane lane;
  std::vector<Sent> sent;
  std::vector<bridge::state::Submission> submitted;
  std::vector<bridge::fanout::Event> told;
  bridge::wire::SendOutcome outcome = bridge::wire::SendOutcome::kSent;
  bool committer_full = false;
  bool fanout_full = false;
  std::string user;
  std::uint64_t epoch = 5;
  std::uint64_t credit = 0;
  std::uint64_t sequence = 0;
  bridge::base::Now now{bridge::base::Time{} + std::chrono::hours(1), 0};

 private:
  bridge::wire::SendOutcome send(std::string_view peer, const bridge::wire::Header& header,
                                 std::string_view body) override {
    if (outcome == bridge::wire::SendOutcome::kSent)
      sent.push_back({std::string(peer), header, std::string(body)});
    return outcome;
  }
  bool submit(bridge::state::Submission submission) override {
    if (!committer_full) submitted.push_back(std::move(submission));
    return !committer_full;
  }
  void tell(bridge::fanout::Event event) override { told.push_back(std::move(event)); }
  bool inquire(bridge::fanout::Asked question) override {
    if (!fanout_full) told.emplace_back(std::move(question));
    return !fanout_full;
  }
  bridge::wire::StatusReport status() override { return {}; }
};

inline Request publish(const std::string& nick, const std::string& address = {}) {
  Request request;
  if (!nick.empty()) request.mutable_actor()->set_nick(nick);
  if (!address.empty()) request.mutable_actor()->set_address(address);
  request.mutable_publish()->set_client_id("1");
  request.mutable_publish()->set_text("hi");
  return request;
}

}  // namespace tests
