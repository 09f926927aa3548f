// Accounts that move to another address: what waits for them goes along.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using tests::Service;
using tests::Texts;

// alice follows bob; "moved" at example.org is where she goes.
struct Story : tests::AliceHearsBob {
  Story() { follow("alice", "bob"); }
  void move() {
    bridge::wire::Request request;
    request.mutable_actor()->set_address(address("alice"));
    request.mutable_offer_move()->set_address(address("moved"));
    ask(request);
    request.mutable_actor()->set_address(address("moved"));
    request.mutable_take_move()->set_nick("alice");
    REQUIRE(ask(request).has_moved());
  }
};

TEST_CASE("what waited at the old address comes to the new one, in order") {
  Story story;
  story.offline("alice");
  story.says("one");
  story.direct("bob", "alice", "secret");
  story.says("two");
  story.move();
  CHECK(story.owed("alice") == 3);
  story.online("alice");  // the old address is nobody's any more
  CHECK(story.texts_for("alice").empty());
  story.online("moved");
  CHECK(story.texts_for("moved") == Texts{"secret", "one", "two"});
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("an address that is there already gets what is posted from the move on") {
  Story story;
  story.online("moved");
  story.says("before");
  story.acknowledge();
  story.move();
  story.says("after");
  CHECK(story.texts_for("alice") == Texts{"before"});
  CHECK(story.texts_for("moved") == Texts{"after"});
}

TEST_CASE("nothing that was waiting is lost when the process dies after the move") {
  Story story;
  story.offline("alice");
  story.says("one");
  story.move();
  story.crash();
  story.online("moved");
  CHECK(story.texts_for("moved") == Texts{"one"});
}

TEST_CASE("what the server has not taken comes again, to the new address") {
  Story story;
  story.says("one");
  CHECK(story.texts_for("alice") == Texts{"one"});
  story.move();
  story.online("moved");
  story.fanout().close(Service::kSession);
  story.open_session(Service::kSession, 1'000'000, 1'000'000'000);
  story.online("moved");
  CHECK(story.texts_for("moved") == Texts{"one"});
}

TEST_CASE("what the server had taken and returns from the old address comes to the new one") {
  Story story;
  const auto post = story.says("one");
  story.acknowledge();
  story.move();
  story.online("moved");
  CHECK(story.texts_for("moved").empty());
  story.give_back("alice", post);
  CHECK(story.texts_for("moved") == Texts{"one"});
  story.acknowledge();
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("what the old client confirms late does not come to the new one") {
  Story story;
  story.online_and_asked("alice");
  const auto post = story.says("one");
  story.acknowledge();
  story.move();
  story.confirm("alice", post);
  story.online("moved");
  story.lose_server();
  story.online("moved");
  CHECK(story.texts_for("moved").empty());
  CHECK(story.owed("alice") == 0);
}

TEST_CASE("an address that somebody else has taken since is theirs, whatever it returns") {
  Story story;
  const auto post = story.says("one");
  story.acknowledge();
  story.move();
  story.online("moved");
  bridge::wire::Request join;
  join.mutable_actor()->set_address(Service::address("alice"));
  join.mutable_join()->set_nick("newcomer");
  REQUIRE(story.ask(join).has_joined());
  story.give_back("alice", post);
  CHECK(story.texts_for("moved").empty());
}

TEST_CASE("what the old client has not confirmed comes to the new one") {
  Story story;
  story.online_and_asked("alice");
  story.says("zero");
  story.acknowledge();
  story.confirm("alice", story.delivered().back().id);
  story.says("one");
  story.acknowledge();
  story.move();
  story.online_and_asked("moved");
  story.lose_server();
  CHECK(story.texts_for("moved") == Texts{"one"});
}

}  // namespace
