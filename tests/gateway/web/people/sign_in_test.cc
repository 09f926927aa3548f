// In and out of the website, and what an attacker could try there.
#include <catch2/catch.hpp>

#include "tests/gateway/web/people/browser.h"

namespace {

using tests::Browser;
using tests::People;

TEST_CASE("a code signs its owner in, and the page then is theirs") {
  People people;
  Browser ann(people);
  ann.get("/sign-in?back=/tracks");
  CHECK(ann.shows("name=\"back\" value=\"/tracks\""));
  ann.post("/sign-in", {{"code", "GOOD"}, {"back", "/tracks"}});
  CHECK(ann.response.status == 303);
  CHECK(ann.header("Location") == "/tracks");
  CHECK(ann.cookies.count("lapwing") == 1);
  CHECK(ann.cookies.count("lapwing-visit") == 0);
  ann.get("/");
  CHECK(ann.shows("data-nick=\"alice\""));
}

TEST_CASE("a wrong code is answered on the same page, and five of them with a wait") {
  People people;
  Browser ann(people);
  ann.get("/sign-in");
  for (int i = 0; i < 5; ++i) {
    ann.post("/sign-in", {{"code", "BAD"}});
    CHECK(ann.response.status == 422);
    CHECK(ann.shows("That is no code."));
  }
  const auto asked = people.world.asked.size();
  ann.post("/sign-in", {{"code", "GOOD"}});
  CHECK(ann.response.status == 429);
  CHECK(ann.shows("Try again in 12 seconds."));
  CHECK(people.world.asked.size() == asked);  // the bridge was not even asked
  Browser bob(people);
  bob.peer = "192.0.2.8";
  bob.signs_in();
  CHECK(bob.cookies.count("lapwing") == 1);
}

TEST_CASE("a link with a code asks first, also whoever is signed in already") {
  People people;
  Browser ann(people);
  ann.signs_in();
  ann.get("/sign-in?back=/settings/export");
  CHECK(ann.header("Location") == "/settings/export");
  people.world.nick_of_code = "bob";
  ann.get("/sign-in?back=/settings/export&code=GOOD");
  CHECK(ann.response.status == 200);
  CHECK(ann.shows("You are signed in as alice."));
  CHECK(ann.shows("value=\"GOOD\""));
}

TEST_CASE("nobody is signed in by a form of another site") {
  People people;
  Browser ann(people);
  ann.post_bare("/sign-in", {{"code", "GOOD"}});  // no cookie of a visitor
  CHECK(ann.response.status == 403);
  ann.get("/sign-in");
  ann.post_bare("/sign-in", {{"code", "GOOD"}, {"csrf", "guess"}});
  CHECK(ann.response.status == 403);
  ann.get("/sign-in");
  ann.extra_headers = {{"sec-fetch-site", "cross-site"}};
  ann.post("/sign-in", {{"code", "GOOD"}});
  CHECK(ann.response.status == 403);
  ann.extra_headers = {{"origin", "https://evil.example"}};
  ann.post("/sign-in", {{"code", "GOOD"}});
  CHECK(ann.response.status == 403);
  CHECK(people.table.size() == 0);
}

TEST_CASE("a session that somebody planted is worth nothing after signing in") {
  People people;
  Browser eve(people);
  eve.signs_in();
  const std::string planted = eve.cookies["lapwing"];
  people.world.nick_of_code = "bob";
  Browser bob(people);
  bob.get("/sign-in");
  bob.cookies["lapwing"] = planted;  // after the page, so that it does not just send him on
  bob.post("/sign-in", {{"code", "GOOD"}, {"back", "/"}});
  CHECK(bob.cookies["lapwing"] != planted);
  CHECK(people.table.find(planted, people.now.wall_ms) == nullptr);
  Browser made_up(people);
  made_up.get("/sign-in");
  made_up.cookies["lapwing"] = std::string(43, 'A');
  made_up.post("/sign-in", {{"code", "GOOD"}});
  CHECK(made_up.cookies["lapwing"] != std::string(43, 'A'));
}

TEST_CASE("signing in sends nobody to another site") {
  People people;
  for (const std::string back : {"//evil.example", "https://evil.example/", "/\\evil.example"}) {
    Browser ann(people);
    ann.get("/sign-in?back=" + gateway::web::percent_encode(back));
    ann.post("/sign-in", {{"code", "GOOD"}, {"back", back}});
    CHECK(ann.header("Location") == "/");
    ann.get("/sign-in?back=" + gateway::web::percent_encode(back));  // signed in already
    CHECK(ann.header("Location") == "/");
  }
}

TEST_CASE("signing out ends the session here, and only with the form of this site") {
  People people;
  Browser ann(people);
  ann.signs_in();
  ann.post_bare("/sign-out", {});
  CHECK(ann.response.status == 403);
  CHECK(people.table.size() == 1);
  ann.get("/");
  ann.post("/sign-out", {});
  CHECK(ann.header("Location") == "/public");
  CHECK(people.table.size() == 0);
  CHECK(ann.cookies.count("lapwing") == 0);
}

TEST_CASE("sessions elsewhere can be ended one by one and all at once") {
  People people;
  Browser phone(people);
  phone.signs_in();
  Browser desk(people);
  desk.signs_in();
  desk.get("/settings");
  const auto sessions = people.table.of("alice", people.now.wall_ms);
  REQUIRE(sessions.size() == 2);
  for (const auto& session : sessions)
    if (session.digest != bridge::base::digest_of(desk.cookies["lapwing"]))
      desk.post("/sessions/end", {{"session", session.id()}});
  CHECK(desk.header("Location") == "/settings");
  CHECK_FALSE(phone.get("/").body.find("data-nick=\"alice\"") != std::string::npos);
  phone.signs_in();
  desk.get("/settings");
  desk.post("/sessions/end", {{"session", "all"}});
  CHECK(desk.header("Location") == "/public");
  CHECK(people.table.size() == 0);
}

}  // namespace
