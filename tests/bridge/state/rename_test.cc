// Stories of people who change their own nick.
#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "tests/support/house.h"

namespace bridge::state {
namespace {

using namespace std::chrono_literals;
using tests::code;
using tests::House;
using tests::Reply;
using namespace bridge::wire;

struct Town : House {
  Reply rename_oneself(const std::string& nick, const std::string& to) {
    Request request = from(nick);
    request.mutable_rename()->set_to(to);
    return ask(request);
  }
};

TEST_CASE("whoever renames themselves keeps their followers, and nobody gets the old name") {
  Town town;
  town.follow("alice", "bob");
  const Reply renamed = town.rename_oneself("bob", "robert");
  CHECK(renamed.done().changed());
  CHECK(renamed.done().nick() == "bob");
  CHECK(town.get("bob").error().text() == "bob is called robert here now.");
  CHECK(code(town.rename_oneself("alice", "bob")) == CONFLICT);
  town.crash();
  town.online("alice");
  Request post;  // from the address, which is bob@ still
  post.mutable_actor()->set_address(Town::address("bob"));
  post.mutable_publish()->set_client_id("1");
  post.mutable_publish()->set_text("hello");
  CHECK(town.ask(post).has_published());
  REQUIRE(town.delivered().size() == 1);
  CHECK(town.get("robert").posts().items(0).author() == "robert");
}

TEST_CASE("a name that cannot be had changes nothing") {
  Town town;
  const auto head = town.store().head();
  CHECK(code(town.rename_oneself("bob", "no nick")) == BAD_REQUEST);
  CHECK(code(town.rename_oneself("bob", "ALICE")) == CONFLICT);
  CHECK_FALSE(town.rename_oneself("bob", "bob").done().changed());
  CHECK(code(town.rename_oneself("nobody", "somebody")) == NOT_JOINED);
  CHECK(town.store().head() == head);
  town.op([](Operate& operate) { operate.set_reserve("admin"); });
  CHECK(code(town.rename_oneself("bob", "Admin")) == CONFLICT);
}

TEST_CASE("somebody renames themselves once in a while, and whoever was renamed does so later") {
  Town town;
  CHECK(town.rename_oneself("bob", "robert").done().changed());
  town.advance(24h);
  const Reply early = town.rename_oneself("bob", "rob");
  CHECK(code(early) == RATE_LIMITED);
  CHECK(std::chrono::milliseconds(early.error().retry_after_ms()) == 29 * 24h);
  town.crash();
  town.advance(29 * 24h - 1ms);
  CHECK(code(town.rename_oneself("bob", "rob")) == RATE_LIMITED);
  town.advance(1ms);
  CHECK(town.rename_oneself("bob", "rob").done().changed());
  // By an operator any time, and then not at once back.
  CHECK(town.rename("rob", "boring").done().changed());
  CHECK(code(town.rename_oneself("bob", "rude")) == RATE_LIMITED);
  town.advance(30 * 24h);
  CHECK(code(town.rename_oneself("bob", "rob")) == CONFLICT);
}

TEST_CASE("another way to write a nick is no other nick") {
  Town town;
  CHECK(town.rename_oneself("bob", "Bob").done().changed());
  CHECK(town.committer().state().find_nick("bob")->nick.view() == "Bob");
  town.advance(30 * 24h);
  CHECK(town.rename_oneself("bob", "bob").done().changed());
}

TEST_CASE("somebody who is suspended cannot hide behind another name") {
  Town town;
  town.suspend("bob");
  CHECK(code(town.rename_oneself("bob", "robert")) == FORBIDDEN);
}

}  // namespace
}  // namespace bridge::state
