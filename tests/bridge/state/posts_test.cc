// What is said about posts: replies, favourites, reposts, reading them, nudges. docs/owed.md has
// what of it reaches whom; that is tested in fanout/replies_test.cc.
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using bridge::wire::BAD_REQUEST;
using bridge::wire::CONFLICT;
using bridge::wire::FORBIDDEN;
using bridge::wire::NOT_JOINED;
using bridge::wire::PostRef;
using bridge::wire::Reply;
using bridge::wire::Request;
using bridge::wire::UNKNOWN;
using tests::Service;
using tests::Texts;

bridge::wire::ErrorCode code(const Reply& reply) {
  return reply.error().code();
}

PostRef number(std::uint64_t id) {
  PostRef which;
  which.set_id(id);
  return which;
}
PostRef newest(const std::string& nick) {
  PostRef which;
  which.set_nick(nick);
  return which;
}

struct Room : Service {
  Room() {
    for (const char* nick : {"alice", "bob", "carol"}) join(nick);
  }
  std::uint64_t said(const std::string& nick, const std::string& text) {
    return post(nick, text).published().id();
  }
  Reply reply(const std::string& nick, const PostRef& which, const std::string& text) {
    Request request = by(nick);
    request.mutable_publish()->set_client_id(text);
    request.mutable_publish()->set_text(text);
    *request.mutable_publish()->mutable_in_reply_to() = which;
    return ask(request);
  }
  Reply favourite(const std::string& nick, const PostRef& which) {
    Request request = by(nick);
    *request.mutable_favourite()->mutable_post() = which;
    return ask(request);
  }
  Reply unfavourite(const std::string& nick, const PostRef& which) {
    Request request = by(nick);
    *request.mutable_unfavourite()->mutable_post() = which;
    return ask(request);
  }
  Reply repost(const std::string& nick, const PostRef& which) {
    Request request = by(nick);
    *request.mutable_repost()->mutable_post() = which;
    return ask(request);
  }
  Reply get(const PostRef& which, std::uint32_t count = 0, std::uint64_t before = 0,
            const std::string& nick = {}) {
    Request request = nick.empty() ? Request() : by(nick);
    *request.mutable_get()->mutable_post() = which;
    request.mutable_get()->set_count(count);
    request.mutable_get()->set_before(before);
    return ask(request);
  }
  Reply nudge(const std::string& nick, const std::string& whom) {
    Request request = by(nick);
    request.mutable_nudge()->set_nick(whom);
    return ask(request);
  }
  Reply favourites(const std::string& nick, std::uint32_t count, std::uint64_t before = 0) {
    Request request = by(nick);
    request.mutable_list_favourites()->set_count(count);
    request.mutable_list_favourites()->set_before(before);
    return ask(request);
  }
  const bridge::backbone::record::Post& record(std::uint64_t id) {
    read_ = store().read(id - 1, 1, 1).value().front();
    return read_->post();
  }

 private:
  bridge::backbone::RecordPtr read_;
};

Texts texts(const Reply& reply) {
  Texts all;
  for (const auto& item : reply.posts().items()) all.push_back(item.text());
  return all;
}

TEST_CASE("a reply says what it replies to, and keeps the conversation") {
  Room room;
  const auto first = room.said("alice", "tea?");
  const Reply answer = room.reply("bob", number(first), "coffee");
  CHECK(answer.published().about() == first);
  CHECK(answer.published().nick() == "alice");
  const auto second = answer.published().id();
  const auto third = room.reply("alice", newest("BOB"), "never").published().id();
  CHECK(room.record(second).in_reply_to() == first);
  CHECK(room.record(second).reply_nick() == "alice");
  CHECK(room.record(second).thread() == first);
  CHECK(room.record(third).in_reply_to() == second);
  CHECK(room.record(third).thread() == first);
}

TEST_CASE("a reply sent again is the same reply") {
  Room room;
  const auto first = room.said("alice", "tea?");
  const auto id = room.reply("bob", number(first), "coffee").published().id();
  const Reply again = room.reply("bob", number(first), "coffee");
  CHECK(again.published().duplicate());
  CHECK(again.published().id() == id);
}

TEST_CASE("a post addressed to somebody is for them, whether they have posted or not") {
  Room room;
  room.online("alice");
  const auto address = [&](const std::string& nick, const std::string& text) {
    Request request = room.by("bob");
    request.mutable_publish()->set_client_id(text);
    request.mutable_publish()->set_text(text);
    request.mutable_publish()->mutable_in_reply_to()->set_nick(nick);
    request.mutable_publish()->set_addressed(true);
    return room.ask(request);
  };
  const auto first = address("alice", "@alice hello").published().id();
  CHECK(room.record(first).in_reply_to() == 0);
  CHECK(room.texts_for("alice") == Texts{"@alice hello"});
  const auto post = room.said("alice", "hi");
  CHECK(address("Alice", "@Alice how are you?").published().about() == post);
  CHECK(address("nobody", "@nobody hello").has_published());
  CHECK(address("bob", "@bob hello").has_published());
  room.block("alice", "bob");
  CHECK(code(address("alice", "@alice please")) == FORBIDDEN);
}

TEST_CASE("there is nothing to reply to where there is no post") {
  Room room;
  const auto direct = room.direct("alice", "bob", "between us").published().id();
  const auto head = room.store().head();
  for (const auto id : {std::uint64_t{0}, std::uint64_t{1}, direct, head + 1, ~std::uint64_t{0}}) {
    CHECK(code(room.reply("carol", number(id), "hm")) == UNKNOWN);
    CHECK(code(room.favourite("carol", number(id))) == UNKNOWN);
    CHECK(code(room.repost("carol", number(id))) == UNKNOWN);
    CHECK(code(room.get(number(id))) == UNKNOWN);
  }
  CHECK(code(room.reply("carol", newest("alice"), "hm")) == UNKNOWN);
  CHECK(code(room.reply("carol", newest("nobody"), "hm")) == UNKNOWN);
  CHECK(room.store().head() == head);
}

TEST_CASE("whoever is blocked can do nothing with the posts of who blocks them") {
  Room room;
  const auto id = room.said("alice", "tea");
  room.block("alice", "bob");
  const auto head = room.store().head();
  CHECK(code(room.reply("bob", number(id), "hm")) == FORBIDDEN);
  CHECK(code(room.favourite("bob", number(id))) == FORBIDDEN);
  CHECK(code(room.repost("bob", newest("alice"))) == FORBIDDEN);
  CHECK(code(room.get(number(id), 0, 0, "bob")) == FORBIDDEN);
  CHECK(code(room.nudge("bob", "alice")) == FORBIDDEN);
  CHECK(texts(room.get(number(id), 0, 0, "carol")) == Texts{"tea"});
  CHECK(room.store().head() == head);
  // Nor the other way round, until they are unblocked.
  const auto theirs = room.said("bob", "hello");
  CHECK(code(room.reply("alice", number(theirs), "hm")) == CONFLICT);
  CHECK(texts(room.get(number(theirs), 0, 0, "alice")) == Texts{"hello"});
}

TEST_CASE("favourites are marked once, listed, and unmarked") {
  Room room;
  const auto one = room.said("alice", "one");
  const auto two = room.said("alice", "two");
  const Reply marked = room.favourite("bob", newest("alice"));
  CHECK(marked.done().changed());
  CHECK(marked.done().about() == two);
  CHECK(marked.done().nick() == "alice");
  CHECK_FALSE(room.favourite("bob", number(two)).done().changed());
  room.favourite("bob", number(one));
  room.crash();
  CHECK(texts(room.favourites("bob", 20)) == Texts{"two", "one"});
  CHECK(texts(room.favourites("bob", 0)) == Texts{"two"});
  CHECK(texts(room.favourites("bob", 20, two)) == Texts{"one"});
  CHECK(room.unfavourite("bob", newest("alice")).done().changed());
  CHECK_FALSE(room.unfavourite("bob", number(two)).done().changed());
  CHECK(texts(room.favourites("bob", 20)) == Texts{"one"});
  CHECK(texts(room.favourites("carol", 20)).empty());
}

TEST_CASE("a post is reposted once by one person, and never by its author") {
  Room room;
  const auto id = room.said("alice", "tea");
  CHECK(code(room.repost("alice", number(id))) == BAD_REQUEST);
  const Reply done = room.repost("bob", number(id));
  CHECK(done.done().changed());
  CHECK(done.done().about() == id);
  CHECK_FALSE(room.repost("bob", number(id)).done().changed());
  // The number of a repost stands for the post.
  const Reply again = room.repost("carol", number(done.done().id()));
  CHECK(again.done().about() == id);
  CHECK(room.reply("carol", number(done.done().id()), "nice").published().about() == id);
  room.crash();
  CHECK(room.committer().state().reposts_of(id).size() == 2);
}

TEST_CASE("of one person's reposts a thousand are remembered") {
  Room room;
  const auto first = room.said("alice", "0");
  room.repost("bob", number(first));
  for (int n = 1; n <= 1000; ++n) room.repost("bob", number(room.said("alice", std::to_string(n))));
  CHECK(room.committer().state().find_nick("bob")->reposts().size() == 1000);
  CHECK(room.committer().state().reposts_of(first).empty());
  CHECK(room.repost("bob", number(first)).done().changed());
}

TEST_CASE("the newest posts of somebody are read from the newest on") {
  Room room;
  std::vector<std::uint64_t> ids;
  for (int n = 0; n < 30; ++n) {
    ids.push_back(room.said("alice", std::to_string(n)));
    room.said("bob", "between");
  }
  CHECK(texts(room.get(newest("Alice"))) == Texts{"29"});
  CHECK(texts(room.get(newest("alice"), 3)) == Texts{"29", "28", "27"});
  CHECK(room.get(newest("alice"), 1000).posts().items_size() == 20);
  CHECK(texts(room.get(newest("alice"), 2, ids[5])) == Texts{"4", "3"});
  CHECK(texts(room.get(newest("alice"), 5, ids[0])).empty());
  CHECK(code(room.get(newest("alice"), 5, ids[5] + 1)) == UNKNOWN);
  room.crash();
  CHECK(texts(room.get(newest("alice"), 2)) == Texts{"29", "28"});
  const Reply one = room.get(number(ids[7]));
  CHECK(one.posts().items(0).author() == "alice");
  CHECK(one.posts().items(0).id() == ids[7]);
}

TEST_CASE("who has not joined reads nothing on Jabber; the web reads for nobody in particular") {
  Room room;
  room.said("alice", "tea");
  Request stranger;
  stranger.mutable_actor()->set_address("stranger@example.org");
  *stranger.mutable_get()->mutable_post() = newest("alice");
  CHECK(code(room.ask(stranger)) == NOT_JOINED);
  CHECK(texts(room.get(newest("alice"))) == Texts{"tea"});
}

TEST_CASE("a nudge is a direct message, once an hour") {
  Room room;
  room.online("alice");
  CHECK(room.nudge("bob", "alice").published().id() > 0);
  REQUIRE(room.delivered().size() == 1);
  CHECK(room.delivered()[0].kind == bridge::wire::DIRECT);
  CHECK(code(room.nudge("bob", "alice")) == CONFLICT);
  CHECK(room.nudge("carol", "alice").has_published());
  CHECK(code(room.nudge("bob", "bob")) == BAD_REQUEST);
  CHECK(code(room.nudge("bob", "nobody")) == UNKNOWN);
  room.advance(std::chrono::hours(1));
  CHECK(room.nudge("bob", "alice").has_published());
}

}  // namespace
