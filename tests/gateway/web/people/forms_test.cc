// What forms do, for whom, and what they say afterwards.
#include <catch2/catch.hpp>

#include "tests/gateway/web/people/browser.h"

namespace {

using gateway::web::Outcome;
using tests::Browser;
using tests::People;

void refuse(People& people, bridge::wire::ErrorCode code, const std::string& text) {
  people.world.outcome.state = Outcome::State::kRefused;
  people.world.outcome.reply.mutable_error()->set_code(code);
  people.world.outcome.reply.mutable_error()->set_text(text);
}

TEST_CASE("a post is published for whoever is signed in, whatever the form says") {
  People people;
  Browser ann(people);
  ann.signs_in();
  ann.post("/post",
           {{"text", "one\r\ntwo\r\n"}, {"client_id", "c1"}, {"nick", "bob"}, {"back", "/public"}});
  CHECK(ann.response.status == 303);
  CHECK(ann.header("Location") == "/public");
  REQUIRE(people.world.acts.size() == 1);
  const auto& request = people.world.acts[0];
  CHECK(request.actor().nick() == "alice");
  CHECK(request.publish().text() == "one\ntwo");
  CHECK(request.publish().client_id() == "c1");
  CHECK_FALSE(request.publish().create_author());
  CHECK(ann.get("/").body.find("Posted.") != std::string::npos);
  CHECK(ann.get("/").body.find("Posted.") == std::string::npos);  // said once
}

TEST_CASE("a reply says what it answers") {
  People people;
  Browser ann(people);
  ann.signs_in();
  ann.post("/post", {{"text", "so do I"}, {"reply_to", "12"}, {"back", "/post/12"}});
  CHECK(ann.header("Location") == "/post/12");
  CHECK(people.world.acts.at(0).publish().in_reply_to().id() == 12);
  ann.get("/");
  ann.post("/post", {{"text", "x"}, {"reply_to", "12x"}});
  CHECK_FALSE(people.world.acts.at(1).publish().has_in_reply_to());
}

TEST_CASE("an author deletes a post, and comes back to where it was") {
  People people;
  people.world.excerpt.posts = {{.id = 12, .author = "alice", .text = "mine"}};
  Browser ann(people);
  ann.signs_in();
  ann.post("/delete", {{"id", "12"}, {"back", "/public"}});
  CHECK(ann.header("Location") == "/public");
  CHECK(people.world.acts.at(0).retract().post() == 12);
  CHECK(people.world.acts.at(0).actor().nick() == "alice");
  ann.get("/");
  CHECK(ann.shows("Deleted."));
  ann.post("/delete", {{"id", "12"}, {"back", "/post/12"}});
  CHECK(ann.header("Location") == "/");  // its own page is no more
}

TEST_CASE("an author corrects a post, and what is refused can be mended") {
  People people;
  people.world.excerpt.posts = {{.id = 12, .author = "alice", .text = "teh"}};
  Browser ann(people);
  ann.signs_in();
  ann.get("/post/12");
  CHECK_FALSE(ann.shows("open>"));
  ann.post("/correct", {{"id", "12"}, {"text", "the"}, {"back", "/post/12"}});
  CHECK(ann.header("Location") == "/post/12");
  CHECK(people.world.acts.at(0).correct().post() == 12);
  CHECK(people.world.acts.at(0).correct().text() == "the");
  ann.get("/");
  refuse(people, bridge::wire::FORBIDDEN, "A post can be corrected for 10 minutes.");
  ann.post("/correct", {{"id", "12"}, {"text", "the other"}, {"back", "/post/12"}});
  CHECK(ann.response.status == 403);
  CHECK(ann.shows("for 10 minutes"));
  CHECK(ann.shows("the other</textarea>"));
}

TEST_CASE("a post's own page knows whether it is a favourite") {
  People people;
  people.world.excerpt.posts = {{.id = 12, .author = "bob", .text = "fine"},
                                {.id = 13, .author = "bob", .text = "better"}};
  people.world.favourites = {12};
  Browser ann(people);
  ann.get("/post/12");
  CHECK_FALSE(ann.shows("Favourite"));
  ann.signs_in();
  ann.get("/post/12");
  CHECK(ann.shows("action=\"/unfav\""));
  ann.get("/post/13");
  CHECK(ann.shows("action=\"/fav\""));
  ann.post("/fav", {{"id", "13"}, {"back", "/post/13"}});
  CHECK(ann.header("Location") == "/post/13");
  CHECK(people.world.acts.at(0).favourite().post().id() == 13);
  ann.post("/unfav", {{"id", "12"}, {"back", "/favourites"}});
  CHECK(people.world.acts.at(1).unfavourite().post().id() == 12);
  ann.get("/favourites");
  CHECK(ann.shows("id=\"p12\""));
  people.world.now_standing = {.backbone_away = true, .age_s = 60};
  ann.get("/post/12");
  CHECK_FALSE(ann.shows("action=\"/unfav\""));  // nobody can say
}

TEST_CASE("a form without its session's token changes nothing") {
  People people;
  Browser ann(people);
  ann.signs_in();
  const std::string token = ann.csrf;
  for (const std::string path : {"/post", "/delete", "/correct", "/fav", "/unfav", "/follow",
                                 "/leave", "/track", "/untrack", "/delivery"}) {
    ann.post_bare(path, {{"text", "x"}, {"nick", "bob"}});
    CHECK(ann.response.status == 403);
    ann.post_bare(path, {{"text", "x"}, {"csrf", token.substr(1) + "0"}});
    CHECK(ann.response.status == 403);
    ann.extra_headers = {{"sec-fetch-site", "cross-site"}};
    ann.post_bare(path, {{"text", "x"}, {"csrf", token}});
    CHECK(ann.response.status == 403);
    ann.extra_headers = {};
    Browser stranger(people);
    stranger.post_bare(path, {{"text", "x"}, {"csrf", token}});
    CHECK(stranger.response.status == 401);
  }
  CHECK(people.world.acts.empty());
}

TEST_CASE("another session's token is of no use") {
  People people;
  Browser ann(people), bob(people);
  ann.signs_in();
  people.world.nick_of_code = "bob";
  bob.signs_in();
  ann.csrf = bob.csrf;
  ann.post("/follow", {{"nick", "eve"}});
  CHECK(ann.response.status == 403);
  CHECK(people.world.acts.empty());
}

TEST_CASE(
    "a form of old browsers, which say nothing of where it comes from, needs the token alone") {
  People people;
  Browser ann(people);
  ann.signs_in();
  ann.extra_headers = {};
  ann.post("/follow", {{"nick", "@bob"}, {"back", "/people"}});
  CHECK(ann.response.status == 303);
  REQUIRE(people.world.acts.size() == 1);
  CHECK(people.world.acts[0].follow().nick() == "bob");
}

TEST_CASE("what waits is said to wait") {
  People people;
  people.world.outcome.state = Outcome::State::kWaiting;
  Browser ann(people);
  ann.signs_in();
  ann.post("/track", {{"phrases", "night train"}, {"back", "/tracks"}});
  CHECK(ann.get("/tracks").body.find("That waits here") != std::string::npos);
  CHECK(people.world.acts[0].track().phrases() == "night train");
}

TEST_CASE("what was refused comes back with what was written") {
  People people;
  Browser ann(people);
  ann.signs_in();
  refuse(people, bridge::wire::BAD_REQUEST, "It is too long.");
  ann.post("/post", {{"text", "my <long> post"}});
  CHECK(ann.response.status == 422);
  CHECK(ann.shows("It is too long."));
  CHECK(ann.shows("my &lt;long&gt; post</textarea>"));
  ann.post("/track", {{"phrases", "\"open"}});
  CHECK(ann.shows("value=\"&quot;open\""));
  refuse(people, bridge::wire::RATE_LIMITED, "Over the limit.");
  ann.post("/follow", {{"nick", "bob"}});
  CHECK(ann.response.status == 429);
}

TEST_CASE("the pages' script is answered in JSON") {
  People people;
  Browser ann(people);
  ann.signs_in();
  ann.extra_headers.emplace_back("accept", "application/json");
  people.world.outcome.reply.mutable_published()->set_id(12);
  ann.post("/post", {{"text", "x"}, {"client_id", "c"}});
  CHECK(ann.response.content_type == "application/json");
  CHECK(ann.shows("\"state\":\"done\""));
  CHECK(ann.shows("\"id\":12"));
  people.world.outcome.state = Outcome::State::kWaiting;
  CHECK(ann.post("/post", {{"text", "x"}}).status == 202);
  refuse(people, bridge::wire::BAD_REQUEST, "No \"<text>\"");
  CHECK(ann.post("/post", {{"text", ""}}).status == 422);
  CHECK(ann.shows(R"({"error":{"text":"No \"\u003ctext\u003e\""}})"));
}

TEST_CASE("every answer carries the headers that guard it, and what is private is kept by nobody") {
  People people;
  Browser ann(people);
  for (const std::string target :
       {"/", "/public", "/@bob", "/nothing", "/sign-in", "/static/lapwing.css"}) {
    ann.get(target);
    CHECK(ann.header("Content-Security-Policy").find("default-src 'none'") == 0);
    CHECK(ann.header("X-Frame-Options") == "DENY");
  }
  ann.get("/public");
  CHECK(ann.header("Cache-Control") == "no-cache");
  CHECK_FALSE(ann.response.etag.empty());
  ann.signs_in();
  for (const std::string target : {"/", "/public", "/settings", "/tracks"}) {
    ann.get(target);
    CHECK(ann.header("Cache-Control") == "private, no-store");
    CHECK(ann.response.etag.empty());
  }
  ann.post("/follow", {{"nick", "bob"}});
  CHECK(ann.header("Content-Security-Policy").find("default-src 'none'") == 0);
}

TEST_CASE("pages of one's own send a stranger to sign in and back") {
  People people;
  Browser ann(people);
  CHECK(ann.get("/mentions").status == 303);
  CHECK(ann.header("Location") == "/sign-in?back=/mentions");
  ann.get("/tracks");
  CHECK(ann.header("Location") == "/sign-in?back=/tracks");
  CHECK(ann.get("/").status == 200);
  CHECK(people.world.selected.kind == gateway::web::Selection::Kind::kPublic);
}

TEST_CASE("files are found by name only, and one asked for by version may be kept for ever") {
  People people;
  Browser ann(people);
  ann.get("/public");
  const std::size_t at = ann.response.body.find("/static/lapwing.css?v=");
  const std::string path = ann.response.body.substr(at, ann.response.body.find('"', at) - at);
  CHECK(ann.get(path).content_type == "text/css; charset=utf-8");
  CHECK(ann.header("Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(ann.get("/static/lapwing.css?v=old").status == 200);
  CHECK(ann.header("Cache-Control") == "public, no-cache");
  for (const std::string bad : {"/static/..%2f..%2fetc%2fpasswd", "/static/../web.toml",
                                "/static/.", "/static/nothing.css"})
    CHECK(ann.get(bad).status >= 400);
}

TEST_CASE("what strangers see first is made once, and anew when something has changed") {
  People people;
  Browser ann(people);
  people.world.excerpt.posts = {{.id = 3, .author = "bob", .text = "hello"}};
  ann.get("/public");
  CHECK(ann.shows("hello"));
  const std::string etag = ann.response.etag;
  people.world.excerpt.posts[0].text = "goodbye";
  CHECK(ann.get("/").etag == etag);
  CHECK(ann.shows("hello"));  // nobody said that it changed
  ++people.world.now_version;
  CHECK(ann.get("/public").etag != etag);
  CHECK(ann.shows("goodbye"));
  people.world.now_standing = {.backbone_away = true, .age_s = 60};
  ann.get("/public");
  CHECK(ann.shows("1 minute ago"));
  people.world.now_standing = {};
  ann.signs_in();
  CHECK(ann.get("/public").etag.empty());
  CHECK(ann.shows("data-nick=\"alice\""));
}

TEST_CASE("no page says more about a person than their nick") {
  People people;
  people.world.excerpt.posts = {{.id = 3, .author = "bob", .text = "hello"}};
  Browser ann(people);
  ann.signs_in();
  for (const std::string target : {"/", "/@bob", "/post/3", "/people", "/settings"}) {
    ann.get(target);
    CHECK(ann.response.status == 200);
    CHECK_FALSE(ann.shows("@example.org"));
  }
  for (const auto& request : people.world.asked) CHECK_FALSE(request.actor().has_address());
}

}  // namespace
