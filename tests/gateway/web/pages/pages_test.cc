// The pages, from views to HTML: what is on them for whom, and that no view can break out.
#include "gateway/web/pages/pages.h"

#include <catch2/catch.hpp>

namespace gateway::web::pages {
namespace {

const std::string kEvil = "<img src=x onerror=alert(1)>\"'&";

Frame signed_in(const std::string& nick = "alice") {
  Frame frame;
  frame.viewer = Viewer{.nick = nick, .csrf = "TOKEN", .is_operator = false};
  frame.path = "/?a=1";
  frame.compose_id = "ID";
  return frame;
}

Post post(std::uint64_t id, const std::string& author, const std::string& text) {
  return {.id = id, .author = author, .text = text, .time_ms = 1'795'768'000'000};
}

bool has(const std::string& page, std::string_view part) {
  return page.find(part) != std::string::npos;
}

std::size_t count(const std::string& page, std::string_view part) {
  std::size_t found = 0;
  for (auto at = page.find(part); at != page.npos; at = page.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("a timeline shows its posts, each with its author, its time and its own address") {
  Timeline timeline{.posts = {post(9, "bob", "Look, a #lapwing"), post(7, "mira", "Morning")},
                    .older = 7};
  const std::string page = timeline_page({}, timeline);
  CHECK(has(page, "<article class=\"post\" id=\"p9\" data-id=\"9\""));
  CHECK(has(page, "<a class=\"author\" href=\"/@bob\">bob</a>"));
  CHECK(has(page, "datetime=\"2026-11-27T08:26:40Z\""));
  CHECK(has(page, ">27 Nov 2026, 08:26 UTC</time>"));
  CHECK(has(page, "href=\"/post/9\""));
  CHECK(has(page, "href=\"/tag/lapwing\""));
  CHECK(has(page, "href=\"/public?before=7\""));
  CHECK(has(page, "data-feed=\"public\" data-newest=\"9\""));
}

TEST_CASE("somebody who has not signed in gets no form, and is told how to") {
  Timeline timeline{.posts = {post(9, "bob", "x")}, .powers = {true, true, true}};
  const std::string page = timeline_page({}, timeline);
  CHECK_FALSE(has(page, "<form"));
  CHECK(has(page, "href=\"/sign-in\""));
}

TEST_CASE(
    "every form of somebody who has signed in carries their token and where to come back to") {
  Timeline timeline{.posts = {post(9, "bob", "x"), post(8, "alice", "y")},
                    .powers = {true, true, true}};
  Settings settings{.tracks = {{.phrase = "nyc"}}, .follows = {{"bob"}}, .sessions = {{.id = "1"}}};
  for (const std::string& page :
       {timeline_page(signed_in(), timeline), tracks_page(signed_in(), settings),
        people_page(signed_in(), settings), settings_page(signed_in(), settings)}) {
    CHECK(count(page, "<form") > 0);
    CHECK(count(page, "<form") == count(page, "<form method=\"post\""));
    CHECK(count(page, "<form") == count(page, "name=\"csrf\" value=\"TOKEN\""));
    CHECK(count(page, "<form") == count(page, "name=\"back\" value=\"/?a=1\""));
  }
}

TEST_CASE("only one's own posts can be deleted") {
  Timeline timeline{.posts = {post(9, "bob", "x"), post(8, "alice", "y")},
                    .powers = {.remove = true}};
  const std::string page = timeline_page(signed_in(), timeline);
  CHECK(count(page, "action=\"/delete\"") == 1);
  CHECK(has(page, "name=\"id\" value=\"8\""));
}

TEST_CASE("what waits is shown to its author, above the rest and marked") {
  Timeline timeline{.kind = Timeline::Kind::kHome,
                    .waiting = {{.client_id = "c1", .text = "soon"},
                                {.client_id = "c2", .text = "never", .refused = "It is too long."}},
                    .posts = {post(9, "bob", "x")}};
  const std::string page = timeline_page(signed_in(), timeline);
  CHECK(has(page, "class=\"post waiting\" data-client-id=\"c1\""));
  CHECK(has(page, ">waiting</span>"));
  CHECK(has(page, ">not published</span>"));
  CHECK(has(page, "It is too long."));
  CHECK(page.find("soon") < page.find("id=\"p9\""));
}

TEST_CASE("a page says how old it is while the backbone is away") {
  Frame frame;
  CHECK_FALSE(has(timeline_page(frame, {}), "out of reach"));
  frame.standing = {.backbone_away = true, .age_s = 200};
  CHECK(has(timeline_page(frame, {}), "This is how things stood 3 minutes ago."));
}

TEST_CASE("no view can break out of its page") {
  Frame frame = signed_in(kEvil);
  frame.site = frame.bot = frame.path = frame.compose_id = kEvil;
  frame.viewer->csrf = kEvil;
  frame.notice = Notice{Notice::Kind::kProblem, kEvil};
  Post evil = post(9, kEvil, kEvil);
  evil.reply_to = 3, evil.reply_to_author = kEvil, evil.favs = 2;
  const Powers all{true, true, true};
  const WaitingPost waiting{kEvil, kEvil, 0, kEvil};
  const Settings settings{.zone = kEvil,
                          .tracks = {{kEvil}},
                          .tracks_draft = kEvil,
                          .follows = {{kEvil}},
                          .followers = {{kEvil}},
                          .sessions = {{kEvil, kEvil}}};
  const std::string pages[] = {
      timeline_page(frame, {.kind = Timeline::Kind::kTag,
                            .tag = kEvil,
                            .waiting = {waiting},
                            .posts = {evil},
                            .older = 3,
                            .draft = kEvil,
                            .powers = all}),
      timeline_page(frame, {.kind = Timeline::Kind::kHome, .posts = {evil}, .draft = kEvil}),
      profile_page(frame, {.nick = kEvil,
                           .numbers_known = true,
                           .follow_known = true,
                           .waiting = {waiting},
                           .posts = {evil},
                           .older = 3,
                           .powers = all}),
      thread_page(frame, {.above = {evil}, .post = evil, .replies = {evil}, .powers = all}),
      tracks_page(frame, settings),
      people_page(frame, settings),
      settings_page(frame, settings),
      sign_in_page(frame, {.csrf = kEvil,
                           .back = kEvil,
                           .problem = kEvil,
                           .code = kEvil,
                           .name = kEvil,
                           .name_problem = kEvil}),
      sign_in_asked_page(frame, {.state = SignInAsked::State::kWaiting,
                                 .csrf = kEvil,
                                 .back = kEvil,
                                 .transaction = kEvil,
                                 .problem = kEvil}),
      sign_in_asked_page(frame, {.state = SignInAsked::State::kOver, .back = kEvil}),
      problem_page(frame, {404, kEvil, kEvil}),
  };
  for (const std::string& page : pages) {
    CHECK_FALSE(has(page, "<img src=x"));
    CHECK_FALSE(has(page, "\"'&"));
    CHECK_FALSE(has(page, "href=\"<"));
  }
}

TEST_CASE(
    "every page has its landmarks: one main, one heading of the first kind, a way past the menu") {
  const Settings settings;
  const Post one = post(1, "bob", "x");
  for (const std::string& page :
       {timeline_page(signed_in(), {}), profile_page(signed_in(), {.nick = "bob"}),
        thread_page(signed_in(), {.post = one}), tracks_page(signed_in(), settings),
        people_page(signed_in(), settings), settings_page(signed_in(), settings),
        sign_in_page({}, {}),
        sign_in_asked_page({}, {.state = SignInAsked::State::kWaiting, .transaction = "K7QF-MX"}),
        problem_page({}, {404, "Not here", "There is no such page."})}) {
    CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    CHECK(count(page, "<main") == 1);
    CHECK(count(page, "</main>") == 1);
    CHECK(count(page, "<h1") == 1);
    CHECK(has(page, "<a class=\"skip\" href=\"#main\">"));
    CHECK(count(page, "<nav aria-label=\"Main\"") == 1);
    CHECK(count(page, "<title>") == 1);
  }
}

TEST_CASE("no page carries a script or a style of its own, which its policy would refuse") {
  for (const std::string& page :
       {timeline_page(signed_in(), {.posts = {post(1, "bob", "x")}}),
        sign_in_asked_page({}, {.state = SignInAsked::State::kWaiting})}) {
    CHECK(count(page, "<script") == count(page, "<script src=\"/static/"));
    CHECK_FALSE(has(page, "<style"));
    CHECK_FALSE(has(page, "style=\""));
  }
}

TEST_CASE("only while a question waits does its page come anew, by its script or without one") {
  using State = SignInAsked::State;
  for (const State state : {State::kWaiting, State::kConfirmed, State::kRefused, State::kOver}) {
    const std::string page =
        sign_in_asked_page({}, {.state = state, .back = "/a?b=c&d", .transaction = "K7QF-MX"});
    const bool waits = state == State::kWaiting;
    CHECK(has(page,
              "<noscript><meta http-equiv=\"refresh\" "
              "content=\"5; url=/sign-in/asked?back=%2Fa%3Fb%3Dc%26d\"></noscript>") == waits);
    CHECK(has(page, "/static/sign-in.js?") == waits);
    CHECK(has(page, "K7QF-MX") == waits);
  }
}

TEST_CASE("only operators are shown the way to the operations page") {
  Frame frame = signed_in();
  CHECK_FALSE(has(timeline_page(frame, {}), "/operations"));
  frame.viewer->is_operator = true;
  CHECK(has(timeline_page(frame, {}), "href=\"/operations\""));
}

TEST_CASE("the same view makes the same bytes") {
  const Timeline timeline{.posts = {post(1, "bob", "x")}};
  CHECK(timeline_page({}, timeline) == timeline_page({}, timeline));
}

}  // namespace
}  // namespace gateway::web::pages
