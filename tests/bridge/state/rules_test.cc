// The rules of the service, asked through the committer as a lane would.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::wire::BAD_REQUEST;
using bridge::wire::CONFLICT;
using bridge::wire::NOT_JOINED;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::UNCONFIRMED;
using bridge::wire::UNKNOWN;
using tests::Service;

bridge::wire::ErrorCode code(const Reply& reply) {
  return reply.error().code();
}

Request from_address(const std::string& nick) {
  Request request;
  request.mutable_actor()->set_address(Service::address(nick));
  return request;
}

TEST_CASE("joining takes a nick once, and the same address gets it back") {
  Service service;
  CHECK(service.join("alice").joined().nick() == "alice");
  Request again = from_address("alice");
  again.mutable_join()->set_nick("Alice");
  CHECK(service.ask(again).joined().returned());
  Request thief = from_address("mallory");
  thief.mutable_join()->set_nick("ALICE");
  CHECK(code(service.ask(thief)) == CONFLICT);
  Request second = from_address("alice");
  second.mutable_join()->set_nick("alice2");
  CHECK(code(service.ask(second)) == CONFLICT);
}

TEST_CASE("nicks outside 1 to 20 letters, digits and underscores are refused") {
  Service service;
  for (const std::string nick : {"", "a b", "123456789012345678901", "käthe", "a@b"}) {
    Request request = from_address("x");
    request.mutable_join()->set_nick(nick);
    CHECK(code(service.ask(request)) == BAD_REQUEST);
  }
  CHECK(service.committer().state().accounts().empty());
}

TEST_CASE("who has not joined is told so and changes nothing") {
  Service service;
  Request request = from_address("nobody");
  request.mutable_track()->set_phrases("nyc");
  CHECK(code(service.ask(request)) == NOT_JOINED);
  CHECK(service.store().head() == 0);
}

TEST_CASE("a phrase with control characters is refused, whole line") {
  Service service;
  service.join("alice");
  for (const std::string line : {"bell \x07", "\x1b[2J", "tea, \x7f"}) {
    Request request = from_address("alice");
    request.mutable_track()->set_phrases(line);
    CHECK(code(service.ask(request)) == BAD_REQUEST);
  }
  CHECK(service.committer().state().tracks() == 0);
}

TEST_CASE("the same client id and text is one post, with another text another") {
  Service service;
  service.join("alice");
  Request request = service.by("alice");
  request.mutable_publish()->set_client_id("id-1");
  request.mutable_publish()->set_text("one");
  const auto first = service.ask(request);
  const auto again = service.ask(request);
  CHECK(again.published().duplicate());
  CHECK(again.published().id() == first.published().id());
  request.mutable_publish()->set_text("two");
  CHECK_FALSE(service.ask(request).published().duplicate());
  service.crash();
  CHECK(service.ask(request).published().duplicate());
}

TEST_CASE("the same to two people, and to everybody, under one client id is three messages") {
  Service service;
  for (const char* nick : {"alice", "bob", "carol"}) service.join(nick);
  const auto to = [&](const std::string& nick) {
    Request request = service.by("alice");
    request.mutable_direct()->set_client_id("id-1");
    request.mutable_direct()->set_nick(nick);
    request.mutable_direct()->set_text("hello");
    return request;
  };
  Request post = service.by("alice");
  post.mutable_publish()->set_client_id("id-1");
  post.mutable_publish()->set_text("hello");
  CHECK_FALSE(service.ask(to("bob")).published().duplicate());
  CHECK_FALSE(service.ask(to("carol")).published().duplicate());
  CHECK_FALSE(service.ask(post).published().duplicate());
  for (const Request& again : {to("bob"), to("carol"), post})
    CHECK(service.ask(again).published().duplicate());
}

TEST_CASE("a duplicate within one commit is found too") {
  Service service;
  service.join("alice");
  Request request = service.by("alice");
  request.mutable_publish()->set_client_id("id-1");
  request.mutable_publish()->set_text("one");
  const auto head = service.store().head();
  service.committer().stage({{}, request, false}, service.now());
  service.committer().stage({{}, request, false}, service.now());
  service.committer().commit(service.now());
  CHECK(service.store().head() == head + 1);
}

TEST_CASE("text that is empty, too long or not text is refused") {
  Service service;
  service.join("alice");
  const auto head = service.store().head();
  for (const std::string& text :
       {std::string(" \n"), std::string(2001, 'x'), std::string("bad\xff"), std::string("bell\a")})
    CHECK(code(service.post("alice", text)) == BAD_REQUEST);
  CHECK(service.store().head() == head);
}

TEST_CASE("plain text is a post only once its author has said so") {
  Service service;
  service.join("alice");
  Request request = service.by("alice");
  request.mutable_publish()->set_client_id("1");
  request.mutable_publish()->set_text("hello");
  request.mutable_publish()->set_plain(true);
  CHECK(code(service.ask(request)) == UNCONFIRMED);
  Request yes = service.by("alice");
  yes.mutable_confirm();
  CHECK(service.ask(yes).done().changed());
  CHECK(service.ask(request).published().id() > 0);
}

TEST_CASE("following: somebody, once, not oneself") {
  Service service;
  service.join("alice");
  service.join("bob");
  CHECK(service.follow("alice", "BOB").done().changed());
  CHECK_FALSE(service.follow("alice", "bob").done().changed());
  CHECK(code(service.follow("alice", "alice")) == BAD_REQUEST);
  CHECK(code(service.follow("alice", "nobody")) == UNKNOWN);
  Request followers = service.by("bob");
  followers.mutable_list_followers();
  CHECK(service.ask(followers).names().nicks(0) == "alice");
  CHECK(service.leave("alice", "bob").done().changed());
  CHECK_FALSE(service.leave("alice", "bob").done().changed());
}

TEST_CASE("follows and followers come in pages, the oldest first") {
  Service service;
  service.join("alice");
  constexpr std::size_t kPeople = 2 * bridge::wire::kNamesMax + 1;
  for (std::size_t n = 0; n < kPeople; ++n) {
    const std::string nick = "bob" + std::to_string(n);
    service.join(nick);
    service.follow("alice", nick);
    service.follow(nick, "alice");
  }
  const auto pages = [&](auto&& page_after) {
    std::vector<std::string> nicks;
    std::uint64_t after = 0;
    do {
      Request request = service.by("alice");
      page_after(request, after);
      const bridge::wire::Names names = service.ask(request).names();
      CHECK(names.total() == kPeople);
      CHECK(names.nicks_size() > 0);
      nicks.insert(nicks.end(), names.nicks().begin(), names.nicks().end());
      after = names.next();
    } while (after != 0);
    return nicks;
  };
  const auto follows = pages([](Request& request, std::uint64_t after) {
    request.mutable_list_follows()->set_after(after);
  });
  const auto followers = pages([](Request& request, std::uint64_t after) {
    request.mutable_list_followers()->set_after(after);
  });
  REQUIRE(follows.size() == kPeople);
  for (std::size_t n = 0; n < kPeople; ++n) CHECK(follows[n] == "bob" + std::to_string(n));
  CHECK(followers == follows);
}

TEST_CASE("tracks are kept in canonical form and at most so many") {
  Service service;
  service.join("alice");
  const auto reply = service.track("alice", "New York, nyc, york NEW");
  REQUIRE(reply.phrases().phrases_size() == 2);
  CHECK(reply.phrases().phrases(0).changed());
  CHECK_FALSE(service.track("alice", "nyc").phrases().phrases(0).changed());
  std::string many = "w0";
  for (int i = 1; i < 200; ++i) many += ", w" + std::to_string(i);
  CHECK(code(service.track("alice", many)) == CONFLICT);
  CHECK(service.committer().state().tracks() == 2);
}

TEST_CASE("quitting ends every subscription, and the nick waits for its owner") {
  Service service;
  service.join("alice");
  service.join("bob");
  service.follow("alice", "bob");
  service.track("alice", "nyc, pizza");
  Request quit = service.by("alice");
  quit.mutable_quit();
  service.ask(quit);
  const auto& state = service.committer().state();
  CHECK(state.follows() == 0);
  CHECK(state.tracks() == 0);
  CHECK(code(service.follow("bob", "alice")) == UNKNOWN);
  CHECK(service.join("alice").joined().returned());
  CHECK(state.find_nick("alice")->open);
}

TEST_CASE("a refused disk changes nothing, is said, and passes") {
  Service service;
  service.join("alice");
  const auto head = service.store().head();
  service.store().fill_disk();
  CHECK(code(service.post("alice", "lost?")) == bridge::wire::UNAVAILABLE);
  CHECK(code(service.track("alice", "nyc")) == bridge::wire::UNAVAILABLE);
  CHECK(service.committer().state().tracks() == 0);
  CHECK(service.store().head() == head);
  service.store().free_disk();
  service.advance(std::chrono::seconds(2));
  service.committer().commit(service.now());
  CHECK(service.post("alice", "kept").published().id() == head + 1);
}

TEST_CASE("state after a restart is the state before it") {
  Service service;
  service.join("alice");
  service.join("bob");
  service.follow("alice", "bob");
  service.track("alice", "nyc, \"new york\" -jersey");
  service.untrack("alice", "nyc");
  service.post("bob", "one");
  service.post("bob", "two");
  service.switch_delivery("alice", false);
  const auto* before = service.committer().state().find_nick("alice");
  const auto track_since = before->tracks[0].since;
  const bridge::backbone::RecordId owed_since = before->owed_since;
  service.crash();
  const auto& after = service.committer().state();
  const auto* alice = after.find_nick("alice");
  REQUIRE(alice != nullptr);
  CHECK(alice->tracks.size() == 1);
  CHECK(alice->tracks[0].since == track_since);
  CHECK(alice->owed_since == owed_since);
  CHECK_FALSE(alice->delivery_on);
  CHECK(after.find_nick("bob")->posts == 2);
  CHECK(after.find_nick("bob")->followers().size() == 1);
}

TEST_CASE("a text that is too long is told by how much, in characters as people count them") {
  Service service;
  service.join("alice");
  std::string birds;
  for (int n = 0; n < 500; ++n) birds += "é";
  CHECK(service.post("alice", birds).has_published());
  const Reply refused = service.post("alice", birds + "éé!");
  CHECK(code(refused) == BAD_REQUEST);
  CHECK(refused.error().text() ==
        "That is 3 characters too long: it has 503, and 500 is the most.");
  CHECK(code(service.post("alice", std::string(501, 'x'))) == BAD_REQUEST);
  CHECK(service.post("alice", std::string(500, 'x')).has_published());
}

TEST_CASE("direct messages go to those who follow their author, unless anybody may write") {
  Service service(Service::one_by_one(), bridge::state::Rules{});
  service.join("alice");
  service.join("bob");
  const Reply refused = service.direct("alice", "bob", "hi");
  CHECK(code(refused) == bridge::wire::FORBIDDEN);
  CHECK(refused.error().text().find("bob does not follow you") != std::string::npos);
  Request nudge = service.by("alice");
  nudge.mutable_nudge()->set_nick("bob");
  CHECK(code(service.ask(nudge)) == bridge::wire::FORBIDDEN);
  service.follow("bob", "alice");
  CHECK(service.direct("alice", "bob", "hi").published().one_way());
  CHECK(service.ask(nudge).has_published());
  service.follow("alice", "bob");
  CHECK_FALSE(service.direct("alice", "bob", "hi again").published().one_way());
}

TEST_CASE("who is blocked is not told who blocks them is") {
  Service service;
  service.join("alice");
  service.join("bob");
  service.block("alice", "bob");
  Request whois = service.by("bob");
  whois.mutable_whois()->set_nick("alice");
  CHECK(code(service.ask(whois)) == bridge::wire::FORBIDDEN);
  whois.clear_actor();
  CHECK(service.ask(whois).has_profile());
}

}  // namespace
