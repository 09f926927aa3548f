// Signing in by a question in chat, from the website's request to the gateway's batch and back.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using bridge::wire::ErrorCode;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::SignInAsked;
using tests::Service;

bridge::fanout::FanoutOptions with_website() {
  auto options = Service::one_by_one();
  options.website = "https://lapwing.example.org";
  return options;
}

// alice is a member and there.
struct Story : Service {
  explicit Story(bridge::fanout::FanoutOptions options = with_website())
      : Service(std::move(options)) {
    join("Alice");
    online("Alice");
  }
  Reply wants_in(const std::string& nick) {
    Request request;
    request.mutable_ask_sign_in()->set_nick(nick);
    Reply reply = ask_fanout(request);
    settle();
    return reply;
  }
  Reply checks(const std::string& ticket, bool take = false) {
    Request request;
    request.mutable_check_sign_in()->set_ticket(ticket);
    request.mutable_check_sign_in()->set_take(take);
    return ask_fanout(request);
  }
  Reply answers(const std::string& address, const std::string& transaction, bool yes) {
    Request request;
    request.mutable_actor()->set_address(address);
    request.mutable_answer_sign_in()->set_transaction(transaction);
    request.mutable_answer_sign_in()->set_yes(yes);
    return ask_fanout(request);
  }
  SignInAsked::State state_of(const std::string& ticket) {
    return checks(ticket).sign_in_asked().state();
  }
};

TEST_CASE("a member is asked in chat, says yes, and is signed in once") {
  Story story;
  const auto head = story.store().head();
  const SignInAsked asked = story.wants_in("aLICE").sign_in_asked();
  CHECK(asked.good_for_ms() == 120'000);
  REQUIRE(story.questions().size() == 1);
  const auto& question = story.questions()[0];
  CHECK(question.address() == Service::address("Alice"));
  CHECK(question.transaction() == asked.transaction());
  CHECK(question.method() == "POST");
  CHECK(question.url() == "https://lapwing.example.org/sign-in/ask");
  CHECK(story.state_of(asked.ticket()) == SignInAsked::WAITING);
  CHECK(story.checks(asked.ticket(), true).has_sign_in_asked());  // nothing to take yet
  const Reply said = story.answers(Service::address("Alice"), asked.transaction(), true);
  CHECK(said.done().nick() == "Alice");
  const SignInAsked confirmed = story.checks(asked.ticket()).sign_in_asked();
  CHECK(confirmed.state() == SignInAsked::CONFIRMED);
  CHECK(confirmed.ticket().empty());
  const Reply taken = story.checks(asked.ticket(), true);
  CHECK(taken.signed_in().nick() == "Alice");
  CHECK(taken.signed_in().account() > 0);
  CHECK(story.checks(asked.ticket(), true).sign_in_asked().state() == SignInAsked::OVER);
  CHECK(story.store().head() == head);  // nothing of it is in the log
  CHECK(story.fanout().sign_in_counters().sent.value() == 1);
  CHECK(story.fanout().sign_in_counters().taken.value() == 1);
}

TEST_CASE("who says no is believed, also after a yes, and left alone for a while") {
  Story story;
  const SignInAsked asked = story.wants_in("alice").sign_in_asked();
  CHECK(story.answers(Service::address("Alice"), asked.transaction(), false).has_done());
  CHECK(story.state_of(asked.ticket()) == SignInAsked::REFUSED);
  CHECK(story.checks(asked.ticket(), true).sign_in_asked().state() == SignInAsked::REFUSED);
  CHECK(story.wants_in("alice").error().code() == ErrorCode::RATE_LIMITED);
  CHECK(story.questions().size() == 1);
  story.advance(10min);
  CHECK(story.wants_in("alice").has_sign_in_asked());
  CHECK(story.questions().size() == 2);
}

TEST_CASE("an answer from another address does nothing") {
  Story story;
  story.join("eve");
  const SignInAsked asked = story.wants_in("alice").sign_in_asked();
  CHECK(story.answers(Service::address("eve"), asked.transaction(), true).error().code() ==
        ErrorCode::UNKNOWN);
  CHECK(story.answers("stranger@example.org", asked.transaction(), true).error().code() ==
        ErrorCode::NOT_JOINED);
  CHECK(story.state_of(asked.ticket()) == SignInAsked::WAITING);
}

TEST_CASE("whoever asks cannot tell whether there is such a person") {
  Story story;
  story.join("away");
  story.join("gone");
  story.quit("gone");
  for (const std::string nick : {"alice", "away", "gone", "nobody"}) {
    const Reply reply = story.wants_in(nick);
    CAPTURE(nick);
    REQUIRE(reply.has_sign_in_asked());
    CHECK(reply.sign_in_asked().ticket().size() == 22);
    CHECK(reply.sign_in_asked().transaction().size() == 7);
    CHECK(reply.sign_in_asked().good_for_ms() == 120'000);
    CHECK(story.state_of(reply.sign_in_asked().ticket()) == SignInAsked::WAITING);
  }
  CHECK(story.questions().size() == 1);  // alice's
  story.online("away");
  CHECK(story.questions().size() == 1);  // a question is not kept for later
  CHECK(story.wants_in("").error().code() == ErrorCode::BAD_REQUEST);
  CHECK(story.wants_in("a name that is too long").error().code() == ErrorCode::BAD_REQUEST);
}

TEST_CASE("a question takes no credit, is asked while delivery is off, and waits for nothing") {
  Story story;
  story.join("bob");
  story.follow("Alice", "bob");
  story.switch_delivery("Alice", false);
  story.open_session(9, 0, 0);
  story.online("Alice", 9);
  story.post("bob", "hello");
  REQUIRE(story.wants_in("alice").has_sign_in_asked());
  CHECK(story.questions().size() == 1);
  CHECK(story.texts_for("Alice").empty());
}

TEST_CASE("a gateway that takes nothing gets a bounded number of questions") {
  Story story;
  for (int i = 0; i < 400; ++i) {
    story.join("p" + std::to_string(i));
    story.online("p" + std::to_string(i));
    (void)story.wants_in("p" + std::to_string(i));
    story.advance(100ms);
  }
  CHECK(story.questions().size() <= bridge::fanout::Session::kUnacknowledgedMax);
  CHECK(story.questions().size() > 200);
}

TEST_CASE("who was suspended since, or has quit, is not signed in") {
  Story story;
  const SignInAsked asked = story.wants_in("alice").sign_in_asked();
  CHECK(story.answers(Service::address("Alice"), asked.transaction(), true).has_done());
  SECTION("quit") {
    story.quit("Alice");
    CHECK(story.checks(asked.ticket(), true).error().code() == ErrorCode::UNKNOWN);
  }
  SECTION("suspended") {
    Request suspend;
    suspend.mutable_operate()->set_who("root");
    suspend.mutable_operate()->mutable_suspend()->set_nick("alice");
    REQUIRE(story.ask(suspend).has_done());
    CHECK(story.checks(asked.ticket(), true).has_error());
    CHECK(story.checks(asked.ticket()).has_error());
  }
}

TEST_CASE("a restart forgets every question") {
  Story story;
  const SignInAsked asked = story.wants_in("alice").sign_in_asked();
  story.crash();
  CHECK(story.state_of(asked.ticket()) == SignInAsked::OVER);
  CHECK(story.answers(Service::address("Alice"), asked.transaction(), true).error().code() ==
        ErrorCode::UNKNOWN);
}

TEST_CASE("a bridge that does not know its website asks nobody") {
  Story story(Service::one_by_one());
  CHECK(story.wants_in("alice").error().code() == ErrorCode::FORBIDDEN);
  CHECK(story.wants_in("nobody").error().code() == ErrorCode::FORBIDDEN);
  CHECK(story.questions().empty());
}

}  // namespace
