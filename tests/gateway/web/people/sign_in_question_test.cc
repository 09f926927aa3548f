// In by a question in one's chat client, and what an attacker could try there.
#include <catch2/catch.hpp>

#include "tests/gateway/web/people/browser.h"

namespace {

using tests::Browser;
using tests::People;
namespace wire = bridge::wire;

// Has typed a name and waits for the answer.
void asks(Browser& browser, const std::string& name = "alice", const std::string& back = "/") {
  browser.get("/sign-in");
  browser.post("/sign-in/ask", {{"name", name}, {"back", back}});
}

TEST_CASE("who confirms in chat is signed in here, and goes on to where they were going") {
  People people;
  Browser ann(people);
  asks(ann, " @Alice ", "/tracks");
  CHECK(people.world.asked.back().ask_sign_in().nick() == "Alice");
  CHECK(ann.response.status == 303);
  CHECK(ann.header("Location") == "/sign-in/asked?back=%2Ftracks");
  ann.get(ann.header("Location"));
  CHECK(ann.shows("K7QF-MX"));
  CHECK(ann.shows("2 minutes"));
  CHECK(ann.shows("content=\"5; url=/sign-in/asked?back=%2Ftracks\""));
  ann.post("/sign-in/asked", {{"back", "/tracks"}});
  CHECK(ann.response.status == 409);
  CHECK(ann.shows("has not been confirmed yet"));
  CHECK(ann.shows("K7QF-MX"));
  people.world.answer = wire::SignInAsked::CONFIRMED;
  ann.get("/sign-in/asked?back=%2Ftracks");
  CHECK(ann.shows("Sign in</button>"));
  CHECK_FALSE(ann.shows("refresh"));
  CHECK(people.table.size() == 0);  // looking signs nobody in
  ann.post("/sign-in/asked", {{"back", "/tracks"}});
  CHECK(ann.header("Location") == "/tracks");
  CHECK(ann.cookies.count("lapwing") == 1);
  CHECK(ann.cookies.count("lapwing-asked") == 0);
  CHECK(ann.cookies.count("lapwing-visit") == 0);
  ann.get("/");
  CHECK(ann.shows("data-nick=\"alice\""));
}

TEST_CASE("the page's script is told in one word") {
  People people;
  Browser ann(people);
  asks(ann);
  ann.extra_headers.emplace_back("accept", "application/json");
  using State = wire::SignInAsked::State;
  const std::pair<State, std::string> all[] = {{wire::SignInAsked::WAITING, "waiting"},
                                               {wire::SignInAsked::CONFIRMED, "confirmed"},
                                               {wire::SignInAsked::REFUSED, "refused"},
                                               {wire::SignInAsked::OVER, "over"}};
  for (const auto& [state, word] : all) {
    people.world.answer = state;
    ann.get("/sign-in/asked");
    CHECK(ann.response.body == "{\"state\":\"" + word + "\"}");
    CHECK(ann.header("Cache-Control") == "private, no-store");
  }
}

TEST_CASE("a no is said, and what is over as well") {
  People people;
  Browser ann(people);
  asks(ann);
  people.world.answer = wire::SignInAsked::REFUSED;
  ann.get("/sign-in/asked");
  CHECK(ann.shows("answered with no"));
  ann.get("/sign-in");
  ann.post("/sign-in/asked", {});
  CHECK(ann.response.status == 403);
  CHECK(ann.shows("answered with no"));
  people.world.answer = wire::SignInAsked::OVER;
  ann.get("/sign-in/asked");
  CHECK(ann.shows("That is over"));
  CHECK(people.table.size() == 0);
}

TEST_CASE("only the browser that asked is signed in, and only once") {
  People people;
  Browser ann(people);
  Browser eve(people);
  asks(ann);
  ann.get("/sign-in/asked");
  people.world.answer = wire::SignInAsked::CONFIRMED;
  eve.get("/sign-in");
  eve.post("/sign-in/asked", {});
  CHECK(eve.response.status == 409);
  eve.cookies["lapwing-asked"] = "K7QF-MX";  // what is shown is not the secret
  eve.post("/sign-in/asked", {});
  CHECK(eve.response.status == 409);
  CHECK(people.table.size() == 0);
  const auto cookies = ann.cookies;
  const std::string csrf = ann.csrf;
  ann.get("/sign-in/asked");
  ann.post("/sign-in/asked", {});
  CHECK(people.table.size() == 1);
  ann.cookies = cookies;
  ann.csrf = csrf;
  ann.post("/sign-in/asked", {});
  CHECK(ann.response.status == 409);
  CHECK(people.table.size() == 1);
}

TEST_CASE("the ticket is in no page, and in a cookie that nothing but this site's forms can use") {
  People people;
  Browser ann(people);
  asks(ann);
  CHECK(ann.header("Set-Cookie") ==
        "lapwing-asked=TICKET; Path=/; Max-Age=180; HttpOnly; SameSite=Strict");
  CHECK_FALSE(ann.shows("TICKET"));
  CHECK(ann.header("Location").find("TICKET") == std::string::npos);
  ann.get("/sign-in/asked");
  CHECK_FALSE(ann.shows("TICKET"));
}

TEST_CASE("nobody is asked, or signed in, by a form of another site") {
  People people;
  Browser ann(people);
  ann.post_bare("/sign-in/ask", {{"name", "alice"}});  // no cookie of a visitor
  CHECK(ann.response.status == 403);
  ann.get("/sign-in");
  ann.post_bare("/sign-in/ask", {{"name", "alice"}, {"csrf", "guess"}});
  CHECK(ann.response.status == 403);
  ann.get("/sign-in");
  ann.extra_headers = {{"sec-fetch-site", "cross-site"}};
  ann.post("/sign-in/ask", {{"name", "alice"}});
  CHECK(ann.response.status == 403);
  CHECK(people.world.asked.empty());
  ann.extra_headers = {{"sec-fetch-site", "same-origin"}};
  asks(ann);
  people.world.answer = wire::SignInAsked::CONFIRMED;
  ann.post_bare("/sign-in/asked", {});
  CHECK(ann.response.status == 403);
  ann.extra_headers = {{"origin", "https://evil.example"}};
  ann.get("/sign-in/asked");
  ann.post("/sign-in/asked", {});
  CHECK(ann.response.status == 403);
  CHECK(people.table.size() == 0);
}

TEST_CASE("a session that somebody planted is worth nothing after a question either") {
  People people;
  Browser eve(people);
  eve.signs_in();
  const std::string planted = eve.cookies["lapwing"];
  Browser bob(people);
  asks(bob);
  bob.get("/sign-in/asked");
  bob.cookies["lapwing"] = planted;
  people.world.answer = wire::SignInAsked::CONFIRMED;
  bob.post("/sign-in/asked", {});
  CHECK(bob.cookies["lapwing"] != planted);
  CHECK(people.table.find(planted, people.now.wall_ms) == nullptr);
}

TEST_CASE("one network can have five people asked at once, then one in twelve seconds") {
  People people;
  Browser eve(people);
  for (int i = 0; i < 5; ++i) {
    asks(eve, "p" + std::to_string(i));
    CHECK(eve.response.status == 303);
  }
  const auto asked = people.world.asked.size();
  asks(eve, "p6");
  CHECK(eve.response.status == 429);
  CHECK(eve.shows("Try again in 12 seconds"));
  CHECK(people.world.asked.size() == asked);  // the bridge was not even asked
  eve.post("/sign-in", {{"code", "GOOD"}});   // a code has a limit of its own
  CHECK(eve.cookies.count("lapwing") == 1);
}

TEST_CASE("what the bridge refuses is said on the page, with what was typed") {
  People people;
  Browser ann(people);
  const auto refused = [&](wire::ErrorCode code, std::uint32_t retry_ms = 0) {
    people.world.refuse_question.set_code(code);
    people.world.refuse_question.set_text("So it is.");
    people.world.refuse_question.set_retry_after_ms(retry_ms);
    people.now.mono += std::chrono::minutes(1);
    asks(ann, "alice");
    CHECK(ann.shows("value=\"alice\""));
    return ann.response.status;
  };
  CHECK(refused(wire::UNAVAILABLE) == 503);
  CHECK(ann.shows("out of reach just now"));
  CHECK(refused(wire::RATE_LIMITED, 120'000) == 429);
  CHECK(ann.shows("So it is. Try again in 2 minutes, or use a code."));
  CHECK(refused(wire::FORBIDDEN) == 503);
  CHECK(ann.shows("use a code"));
  CHECK(refused(wire::BAD_REQUEST) == 422);
}

TEST_CASE("with the bridge away the page of a question says so, and so does its script") {
  People people;
  Browser ann(people);
  asks(ann);
  people.world.refuse_question.set_code(wire::UNAVAILABLE);
  ann.get("/sign-in/asked");
  CHECK(ann.response.status == 503);
  CHECK(ann.shows("out of reach just now"));
  ann.get("/sign-in");
  ann.post("/sign-in/asked", {});
  CHECK(ann.response.status == 503);
  ann.extra_headers.emplace_back("accept", "application/json");
  ann.get("/sign-in/asked");
  CHECK(ann.response.status == 503);
  CHECK(ann.shows("\"error\""));
}

}  // namespace
