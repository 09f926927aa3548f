// The website against a stand-in for the bridge: the feed, the API, what is told to who looks.
#include "gateway/web/site.h"

#include "gateway/web/site_world.h"
#include "tests/gateway/web/website.h"

namespace tests {
namespace {

TEST_CASE("the public timeline is the feed", "[site]") {
  Website world;
  CHECK(world.subscribed_after == 0);
  CHECK(world.ask("GET", "/api/timelines/public").body ==
        R"({"view":{"live":true},"posts":[],"older":0})");
  world.feed(7, "bob", "hi");
  world.feed(9, "carol", "ho");
  CHECK(world.ask("GET", "/api/timelines/public").body ==
        R"({"view":{"live":true},"posts":[{"id":9,"author":"carol","text":"ho","time_ms":1000},)"
        R"({"id":7,"author":"bob","text":"hi","time_ms":1000}],"older":0})");
  CHECK(world.ask("GET", "/api/timelines/public", "", {{"limit", "1"}})
            .body.ends_with("\"older\":9}"));
  CHECK(world.ask("GET", "/api/posts/7").body.find("\"hi\"") != std::string::npos);
  CHECK(world.ask("GET", "/api/posts/8").status == 404);
}

const std::vector<std::string> kTimelines = {"/api/timelines/public", "/api/timelines/home",
                                             "/api/timelines/mentions", "/api/timelines/users/bob"};

TEST_CASE("a post that was taken back is on no timeline, and whoever looks is told", "[site]") {
  Website world;
  world.feed(1, "bob", "@alice soon gone");
  auto live = world.stream({});
  for (const std::string& path : kTimelines) CHECK(has(world.ask("GET", path).body, "soon gone"));
  world.change(2, 1, "");
  for (const std::string& path : kTimelines)
    CHECK_FALSE(has(world.ask("GET", path).body, "soon gone"));
  CHECK(world.ask("GET", "/api/posts/1").status == 404);
  CHECK(live->news() == event_text(0, "gone", "{\"id\":1}"));
  CHECK(world.site.view().position() == 2);
  CHECK(world.site.feed_posts() == 1);
  CHECK(world.site.feed_changes() == 1);
}

TEST_CASE("a corrected post reads otherwise everywhere, and whoever looks is told", "[site]") {
  Website world;
  world.feed(1, "bob", "@alice teh");
  auto live = world.stream({});
  world.change(2, 1, "@alice the");
  for (const std::string& path : kTimelines)
    CHECK(
        has(world.ask("GET", path).body, R"("text":"@alice the","time_ms":1000,"corrected":true)"));
  CHECK(
      live->news() ==
      event_text(0, "corrected",
                 R"({"id":1,"author":"bob","text":"@alice the","time_ms":1000,"corrected":true})"));
  world.change(3, 1, "@alice the");  // as the feed says it when it is read from further back
  CHECK(live->news().empty());
}

TEST_CASE("an author deletes and corrects, nobody else", "[site]") {
  Website world;
  world.feed(1, "alice", "mine");
  world.feed(2, "bob", "not mine");
  CHECK(world.ask("PATCH", "/api/posts/1", R"({"text":"still mine"})").status == 200);
  CHECK(world.asked.back().correct().text() == "still mine");
  CHECK(has(world.ask("GET", "/api/posts/1").body, "still mine"));  // before the feed says so
  CHECK(world.ask("DELETE", "/api/posts/1").body == R"({"state":"done","changed":true})");
  CHECK(world.asked.back().retract().post() == 1);
  CHECK(world.asked.back().actor().nick() == "alice");
  CHECK(world.ask("GET", "/api/posts/1").status == 404);
  const auto refused = world.ask("DELETE", "/api/posts/2");
  CHECK(refused.status == 403);
  CHECK(has(refused.body, "Post #2 is not yours."));
  world.turns(60'000ms);  // its limit
  CHECK(world.ask("PATCH", "/api/posts/2", R"({"text":"x"})").status == 403);
  CHECK(world.ask("PATCH", "/api/posts/9", R"({"text":" "})").status == 400);
  CHECK(world.ask("DELETE", "/api/posts/9x").status == 404);
  CHECK(std::ranges::count_if(world.asked, [](const wire::Request& request) {
          return request.has_retract() || request.has_correct();
        }) == 2);
  CHECK(world.ask("GET", "/api/posts/2").status == 200);
}

TEST_CASE("a change that the bridge refuses leaves the post as it is", "[site]") {
  Website world;
  world.feed(1, "alice", "mine");
  world.refuse_changes = true;
  const auto refused = world.ask("PATCH", "/api/posts/1", R"({"text":"too late"})");
  CHECK(refused.status == 403);
  CHECK(has(refused.body, "for 10 minutes"));
  CHECK(has(world.ask("GET", "/api/posts/1").body, "mine"));
}

TEST_CASE("of an account that is gone nothing is left", "[site]") {
  Website world;
  std::vector<std::string> gone;
  world.site.on_erased([&](const std::string& nick) { gone.push_back(nick); });
  world.feed(1, "bob", "bob was here");
  world.feed(2, "alice", "and alice");
  CHECK(has(world.ask("GET", "/api/timelines/home").body, "bob was here"));
  world.answers_nothing = true;
  CHECK(world.ask("POST", "/api/posts", R"({"text":"late"})", {}, "bob").status == 202);
  world.turns(20'000ms);
  auto live = world.stream({});
  wire::Batch batch;
  auto& item = *batch.add_items();
  item.set_id(3);
  item.set_author("bob");
  item.set_erased(true);
  world.backbone.peer().deliver(batch);
  world.turns();
  CHECK(gone == std::vector<std::string>{"bob"});
  CHECK(has(live->news(), event_text(0, "gone", "{\"id\":1}")));
  for (const std::string& path : kTimelines)
    CHECK_FALSE(has(world.ask("GET", path).body, "bob was here"));
  CHECK_FALSE(world.site.view().follows("alice", "bob"));
  CHECK(world.site.outbox().waiting("bob").empty());
  CHECK(world.site.outbox().kept() == 0);
  CHECK(world.site.view().position() == 3);
}

TEST_CASE("no page of a tag shows what somebody suspended wrote", "[site]") {
  Website world;
  world.feed(1, "bob", "hi #birds");
  world.feed(2, "eve", "buy #birds");
  world.suspend(3, "eve");
  const SiteWorld pages(world.site);
  const auto shown = pages.select({.kind = Selection::Kind::kTag, .of = "birds"}, 0, "alice").posts;
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].author == "bob");
}

TEST_CASE("a reply stands in the thread of what it answers", "[site]") {
  Website world;
  world.feed(1, "bob", "who is for tea?");
  CHECK(world.ask("POST", "/api/posts", R"({"text":"me","in_reply_to":1})").status == 201);
  CHECK(world.asked.back().publish().in_reply_to().id() == 1);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"me","in_reply_to":"first"})").status == 400);
  world.feed(2, "alice", "me", 1);
  world.feed(3, "carol", "me too", 2);
  world.feed(4, "dora", "and me", 1);
  const std::string thread = world.ask("GET", "/api/posts/2/thread").body;
  CHECK(has(thread, R"("above":[{"id":1,)"));
  CHECK(has(thread, R"("replies":[{"id":3,)"));
  CHECK_FALSE(has(thread, R"("id":4)"));
  CHECK(has(world.ask("GET", "/api/posts/3/thread").body, R"("above":[{"id":1,"author":"bob")"));
  world.change(5, 2, "");  // what answered it stays, and its own thread begins anew
  CHECK(has(world.ask("GET", "/api/posts/3/thread").body, R"("above":[])"));
  CHECK_FALSE(has(world.ask("GET", "/api/posts/1/thread").body, R"("id":2)"));
}

TEST_CASE("a post becomes a favourite and stops being one", "[site]") {
  Website world;
  world.feed(1, "bob", "hi");
  CHECK(world.ask("POST", "/api/posts/1/fav").body == R"({"state":"done","changed":true})");
  CHECK(world.asked.back().favourite().post().id() == 1);
  CHECK(world.ask("DELETE", "/api/posts/1/fav").status == 200);
  CHECK(world.asked.back().unfavourite().post().id() == 1);
  CHECK(world.ask("POST", "/api/posts/x/fav").status == 404);
  CHECK(world.ask("POST", "/api/posts/1/fav", "", {}, "").status == 401);
  const std::string mine = world.ask("GET", "/api/me/favourites", "", {{"before", "9"}}).body;
  CHECK(mine == R"({"posts":[{"id":7,"author":"bob","text":"fine","time_ms":0}]})");
  CHECK(world.asked.back().list_favourites().before() == 9);
}

TEST_CASE("a deletion made without a bridge waits, and is made when it is back", "[site]") {
  Website world;
  world.feed(1, "alice", "mine");
  world.backbone.break_link();
  world.turns(60'000ms);
  CHECK(world.ask("DELETE", "/api/posts/1").status == 202);
  CHECK(has(world.ask("GET", "/api/me/waiting").body, R"("action":"retract","post":1)"));
  CHECK(world.ask("GET", "/api/posts/1").status == 200);
  world.back();
  CHECK(world.ask("GET", "/api/posts/1").status == 404);
}

TEST_CASE("answers carry an etag that changes with what they say", "[site]") {
  Website world;
  world.feed(1, "bob", "hi");
  const auto first = world.ask("GET", "/api/timelines/public");
  CHECK_FALSE(first.etag.empty());
  CHECK(world.ask("GET", "/api/timelines/public").etag == first.etag);
  world.feed(2, "bob", "hi");
  CHECK(world.ask("GET", "/api/timelines/public").etag != first.etag);
}

TEST_CASE("without a bridge pages say how old they are, and the feed goes on where it was",
          "[site]") {
  Website world;
  world.feed(5, "bob", "hi");
  world.backbone.break_link();
  world.turns(60'000ms);
  CHECK_FALSE(world.site.live_now());
  const std::string away = world.ask("GET", "/api/timelines/public").body;
  CHECK(away.find("\"live\":false,\"as_of_ms\":") != std::string::npos);
  CHECK(away.find("\"hi\"") != std::string::npos);
  world.back();
  CHECK(world.subscribed_after == 5);
  CHECK(world.site.live_now());
}

TEST_CASE("home asks for everybody whom somebody follows, page by page", "[site]") {
  Website world;
  world.follows_two_pages = true;
  world.feed(1, "bob", "of the first page");
  world.feed(2, "dave", "of the second");
  const std::string home = world.ask("GET", "/api/timelines/home").body;
  CHECK(home.find("of the first page") != std::string::npos);
  CHECK(home.find("of the second") != std::string::npos);
  CHECK(world.follows_asked == 2);
  CHECK(world.asked.back().list_follows().after() == 17);
}

TEST_CASE("whoever is left while home asks whom somebody follows is not followed", "[site]") {
  Website world;
  world.follows_two_pages = true;
  world.feed(1, "bob", "of bob");
  wire::Request leave;
  leave.mutable_actor()->set_nick("alice");
  leave.mutable_leave()->set_nick("bob");
  world.between_pages = [&] { world.site.act("alice", leave, world.now, [](const Sent&) {}); };
  world.ask("GET", "/api/timelines/home");
  CHECK(world.follows_asked == 4);  // two pages, and both of them anew
  CHECK(world.site.view().follows("alice", "dave"));
  CHECK_FALSE(world.site.view().follows("alice", "bob"));
}

TEST_CASE("who is followed at last is followed here, too", "[site]") {
  Website world;
  world.follows_later = true;
  CHECK(world.ask("POST", "/api/follow", R"({"nick":"carol"})").status == 202);
  world.ask("GET", "/api/timelines/home");  // the bridge does not know it yet
  CHECK_FALSE(world.site.view().follows("alice", "carol"));
  world.follows_later = false;
  world.turns(20'000ms);
  CHECK(world.site.view().follows("alice", "carol"));
}

TEST_CASE("home asks once whom somebody follows", "[site]") {
  Website world;
  world.feed(1, "bob", "followed");
  world.feed(2, "carol", "not");
  world.feed(3, "alice", "own");
  const std::string home = world.ask("GET", "/api/timelines/home").body;
  CHECK(home.find("followed") != std::string::npos);
  CHECK(home.find("own") != std::string::npos);
  CHECK(home.find("not") == std::string::npos);
  world.ask("GET", "/api/timelines/home");
  CHECK(world.follows_asked == 1);
  CHECK(world.ask("POST", "/api/follow", R"({"nick":"carol"})").status == 200);
  CHECK(world.ask("GET", "/api/timelines/home").body.find("not") != std::string::npos);
}

TEST_CASE("who is not signed in, or did not mean it, changes nothing", "[site]") {
  Website world;
  CHECK(world.ask("GET", "/api/timelines/home", "", {}, "").status == 401);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"hi"})", {}, "").status == 401);
  struct Unmeant : Sessions {
    std::optional<Visitor> who(const HttpRequest&) override { return Visitor{.nick = "alice"}; }
  } unmeant;
  InstantStore store;
  Site site(Website::settings(), unmeant, store);
  Api api(site);
  Router router;
  api.add_to(router);
  unsigned status = 0;
  HttpRequest request;
  request.method = "POST";
  request.path = "/api/posts";
  router.handle(request, [&](const HttpResponse& response) { status = response.status; });
  CHECK(status == 403);
}

TEST_CASE("posts are checked, limited, and answered", "[site]") {
  Website world;
  CHECK(world.ask("POST", "/api/posts", "text=hi").status == 400);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"  "})").status == 400);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"hi","client_id":"c"})").body ==
        R"({"state":"done","id":1,"duplicate":false,"client_id":"c"})");
  const auto limited = world.ask("POST", "/api/posts", R"({"text":"hi"})");
  CHECK(limited.status == 429);
  CHECK(limited.body.find("retry_after_ms") != std::string::npos);
}

TEST_CASE("a post made without a bridge waits where its author sees it", "[site]") {
  Website world;
  world.ask("GET", "/api/timelines/home");
  world.backbone.break_link();
  world.turns(60'000ms);
  auto home = world.stream({{"timeline", "home"}});
  const auto response = world.ask("POST", "/api/posts", R"({"text":"later","client_id":"c"})");
  CHECK(response.status == 202);
  CHECK(response.body == R"({"state":"waiting","waiting":1,"client_id":"c"})");
  CHECK(world.ask("GET", "/api/timelines/home").body.find("\"waiting\":[{\"waiting\":1,") !=
        std::string::npos);
  CHECK(world.ask("GET", "/api/timelines/home", "", {}, "bob").body.ends_with("\"waiting\":[]}"));
  home->news();
  world.back();
  CHECK(world.ask("GET", "/api/me/waiting").body == R"({"waiting":[]})");
  CHECK(
      home->news().find("event: outbox\ndata: {\"waiting\":1,\"id\":1,\"client_id\":\"c\"}\n\n") !=
      std::string::npos);
}

TEST_CASE("what waits of somebody who is renamed is done under the new name", "[site]") {
  Website world;
  world.answers_nothing = true;
  CHECK(world.ask("POST", "/api/posts", R"({"text":"late"})").status == 202);
  world.rename(1, "alice", "Alicia");
  world.answers_nothing = false;
  for (int i = 0; i < 30; ++i) world.turns(1'000ms);
  CHECK(world.asked.back().publish().text() == "late");
  CHECK(world.asked.back().actor().nick() == "Alicia");
  CHECK(world.site.outbox().size() == 0);
}

TEST_CASE("nothing that waits is done before the feed has said who is renamed", "[site]") {
  Website world;
  world.backbone.break_link();
  world.turns(60'000ms);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"late"})").status == 202);
  world.backbone.peer().welcome.set_head(1);
  world.backbone.mend_link();
  for (int i = 0; i < 300 && !world.backbone.connected(); ++i) world.turns(100ms);
  REQUIRE(world.backbone.connected());
  CHECK_FALSE(world.asked.back().has_publish());
  world.rename(1, "alice", "Alicia");
  CHECK(world.asked.back().publish().text() == "late");
  CHECK(world.asked.back().actor().nick() == "Alicia");
}

TEST_CASE("a bridge that answers nothing is not asked for a while, and changes are kept at once",
          "[site]") {
  Website world;
  world.answers_nothing = true;
  for (int i = 0; i < 30; ++i) CHECK(world.ask("GET", "/api/people/bob").status == 503);
  CHECK(world.site.asker().state(world.now.mono) == throttle::Breaker::State::kOpen);
  const std::size_t asked = world.asked.size();
  const auto away = world.ask("GET", "/api/people/bob");
  CHECK(away.status == 503);
  CHECK(has(away.body, "retry_after_ms"));
  CHECK(world.ask("POST", "/api/posts", R"({"text":"later"})").status == 202);
  CHECK(world.asked.size() == asked);
  CHECK(world.site.asker().broken() > 0);
  world.answers_nothing = false;
  for (int i = 0; i < 30; ++i) world.turns(1'000ms);
  CHECK(world.ask("GET", "/api/me/waiting").body == R"({"waiting":[]})");
  for (int i = 0; i < 3; ++i) world.ask("GET", "/api/people/bob");
  CHECK(world.site.asker().state(world.now.mono) == throttle::Breaker::State::kClosed);
  CHECK(world.site.asker().opened() == 1);
}

TEST_CASE("another log than the view's makes it begin anew", "[site]") {
  Website world;
  world.feed(50, "bob", "of the old log");
  world.backbone.break_link();
  world.turns(60'000ms);
  world.bridge_head = 3;
  world.back();
  CHECK(world.site.view().size() == 0);
  world.feed(4, "bob", "of the new log");
  CHECK(world.site.view().find(4) != nullptr);
}

TEST_CASE("a gap in the feed is told and gone over", "[site]") {
  Website world;
  auto live = world.stream({});
  wire::Gap gap;
  gap.set_from(1);
  gap.set_to(40);
  world.backbone.peer().gap(gap);
  world.turns();
  CHECK(live->news() == event_text(0, "gap", "{\"from\":1,\"to\":40}"));
  CHECK(world.site.view().position() == 40);
}

}  // namespace
}  // namespace tests
