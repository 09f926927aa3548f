// Replies and reposts: to whom they are owed, by docs/owed.md.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::wire::FOLLOW;
using bridge::wire::REPLY;
using bridge::wire::TRACK;
using tests::Service;
using tests::Texts;

struct Circle : Service {
  explicit Circle(bridge::fanout::FanoutOptions options = one_by_one())
      : Service(std::move(options)) {
    for (const char* nick : {"alice", "bob", "carol", "dave"}) join(nick);
    online("alice");
  }
  std::uint64_t said(const std::string& nick, const std::string& text, std::uint64_t about = 0) {
    auto request = by(nick);
    request.mutable_publish()->set_client_id(text);
    request.mutable_publish()->set_text(text);
    if (about != 0) request.mutable_publish()->mutable_in_reply_to()->set_id(about);
    return ask(request).published().id();
  }
  std::uint64_t reposted(const std::string& nick, std::uint64_t post) {
    return repost(nick, post).done().id();
  }
};

// ---- replies -----------------------------------------------------------------------------------

TEST_CASE("a reply reaches whom it answers, whether they follow or not, once, as a reply") {
  Circle circle;
  const auto post = circle.said("alice", "tea?");
  circle.said("bob", "coffee", post);
  circle.follow("alice", "bob");
  circle.track("alice", "cocoa");
  circle.said("bob", "or cocoa", post);
  CHECK(circle.texts_for("alice") == Texts{"coffee", "or cocoa"});
  CHECK(circle.delivered()[0].kind == REPLY);
  CHECK(circle.delivered()[1].kind == REPLY);
  CHECK(circle.delivered()[1].phrase.empty());
}

TEST_CASE("others get a reply as the post it is") {
  Circle circle;
  const auto post = circle.said("carol", "tea?");
  circle.track("alice", "coffee");
  circle.said("bob", "coffee", post);
  CHECK(circle.texts_for("alice") == Texts{"coffee"});
  CHECK(circle.delivered()[0].kind == TRACK);
}

TEST_CASE("whoever answers themselves gets nothing") {
  Circle circle;
  circle.said("alice", "and another thing", circle.said("alice", "tea!"));
  CHECK(circle.texts_for("alice").empty());
}

TEST_CASE("replies wait for whoever is away, and for whoever was away in a crash") {
  Circle circle;
  const auto post = circle.said("alice", "tea?");
  circle.offline("alice");
  circle.said("bob", "one", post);
  CHECK(circle.owed("alice") == 1);
  circle.crash();
  circle.said("carol", "two", post);
  CHECK(circle.owed("alice") == 2);
  circle.online("alice");
  CHECK(circle.texts_for("alice") == Texts{"one", "two"});
  circle.acknowledge();
  CHECK(circle.owed("alice") == 0);
}

TEST_CASE("a block and a mute keep replies away") {
  Circle circle;
  const auto post = circle.said("alice", "tea?");
  circle.mute("alice", "coffee");
  circle.said("bob", "coffee", post);
  CHECK(circle.texts_for("alice").empty());
  circle.offline("alice");
  circle.said("bob", "cocoa", post);
  circle.block("alice", "bob");
  circle.online("alice");
  CHECK(circle.texts_for("alice").empty());
}

TEST_CASE("too many replies become a digest, like follows") {
  auto options = Service::one_by_one();
  options.catch_up_max = 2;
  Circle circle(options);
  const auto post = circle.said("alice", "tea?");
  circle.offline("alice");
  for (int n = 0; n < 5; ++n) circle.said("bob", std::to_string(n), post);
  circle.online("alice");
  CHECK(circle.texts_for("alice") == Texts{"0", "1"});
  CHECK(circle.digested("alice") == 3);
  CHECK(circle.more("alice").more().coming() == 3);
  CHECK(circle.texts_for("alice").size() == 5);
}

TEST_CASE("a reply to somebody with a long list of followers behind it comes first") {
  auto options = Service::one_by_one();
  options.quantum = 1;
  Circle circle(options);
  for (int n = 0; n < 20; ++n) {
    const std::string nick = "f" + std::to_string(n);
    circle.join(nick);
    circle.online(nick);
    circle.follow(nick, "bob");
  }
  circle.follow("alice", "bob");
  const auto post = circle.said("alice", "tea?");
  circle.said("bob", "coffee", post);
  REQUIRE(circle.delivered().size() == 21);
  CHECK(circle.delivered()[0].address == Service::address("alice"));
  CHECK(circle.texts_for("alice") == Texts{"coffee"});
}

// ---- reposts -----------------------------------------------------------------------------------

TEST_CASE("a repost brings the post to those who follow who reposts it") {
  Circle circle;
  circle.follow("alice", "bob");
  const auto post = circle.said("carol", "tea");
  circle.reposted("bob", post);
  CHECK(circle.texts_for("alice") == Texts{"tea"});
  CHECK(circle.delivered()[0].kind == FOLLOW);
  CHECK(circle.delivered()[0].id != post);
}

TEST_CASE("who has the post, or an earlier repost, gets no other") {
  Circle circle;
  circle.follow("alice", "bob");
  circle.follow("alice", "dave");
  circle.track("alice", "cocoa");
  circle.reposted("bob", circle.said("carol", "hot cocoa"));
  CHECK(circle.texts_for("alice") == Texts{"hot cocoa"});
  CHECK(circle.delivered()[0].kind == TRACK);
  const auto post = circle.said("carol", "tea");
  circle.reposted("bob", post);
  circle.reposted("dave", post);
  CHECK(circle.texts_for("alice") == Texts{"hot cocoa", "tea"});
  circle.follow("alice", "carol");
  circle.reposted("dave", circle.said("carol", "milk"));
  CHECK(circle.texts_for("alice") == Texts{"hot cocoa", "tea", "milk"});
}

TEST_CASE("nobody gets their own post back, nor what they repost") {
  Circle circle;
  circle.follow("alice", "bob");
  circle.reposted("bob", circle.said("alice", "tea"));
  circle.reposted("alice", circle.said("carol", "milk"));
  CHECK(circle.texts_for("alice").empty());
}

TEST_CASE("a track does not catch a repost") {
  Circle circle;
  const auto post = circle.said("carol", "tea");
  circle.track("alice", "tea");
  circle.reposted("bob", post);
  CHECK(circle.texts_for("alice").empty());
}

TEST_CASE("a block of either keeps a repost away, and a mute does") {
  Circle circle;
  circle.follow("alice", "bob");
  circle.block("alice", "carol");
  circle.reposted("bob", circle.said("carol", "tea"));
  circle.mute("alice", "milk");
  circle.reposted("bob", circle.said("dave", "milk"));
  CHECK(circle.texts_for("alice").empty());
  circle.offline("alice");
  circle.reposted("bob", circle.said("dave", "water"));
  CHECK(circle.owed("alice") == 1);
  circle.block("alice", "bob");
  circle.online("alice");
  CHECK(circle.texts_for("alice").empty());
}

TEST_CASE("what was muted does not come in by a repost") {
  Circle circle;
  circle.follow("alice", "bob");
  circle.follow("alice", "carol");
  circle.mute("alice", "tea");
  const auto post = circle.said("carol", "tea");
  circle.unmute("alice");
  circle.reposted("bob", post);
  CHECK(circle.texts_for("alice").empty());
}

TEST_CASE("reposts wait, and are read from the log after a crash") {
  Circle circle;
  circle.follow("alice", "bob");
  const auto post = circle.said("carol", "tea");
  circle.offline("alice");
  circle.reposted("bob", post);
  CHECK(circle.owed("alice") == 1);
  circle.crash();
  CHECK(circle.owed("alice") == 1);
  circle.online("alice");
  CHECK(circle.texts_for("alice") == Texts{"tea"});
  circle.acknowledge();
  CHECK(circle.owed("alice") == 0);
}

}  // namespace
