// The website against a stand-in for the bridge: the feed, the API, streams of events.
#include "gateway/web/site.h"

#include <catch2/catch.hpp>
#include <map>

#include "bridge/client/memory_backbone.h"
#include "gateway/web/api.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;
namespace base = bridge::base;

class InstantStore : public OutboxStore {
 public:
  std::uint64_t append(std::string) override { return ++given_; }
  std::uint64_t rewrite(std::vector<std::string>) override { return ++given_; }
  std::uint64_t durable() const override { return given_; }
  std::string failed() const override { return {}; }

 private:
  std::uint64_t given_ = 0;
};

class Reader : public Stream {
 public:
  void write(SharedText text) override { got += *text; }
  std::size_t waiting_bytes() const override { return 0; }
  bool open() const override { return is_open; }
  void close() override { is_open = false; }
  void finish() override { is_open = false; }
  // What came since the last call, without comments.
  std::string news() { return std::exchange(got, {}); }

  std::string got;
  bool is_open = true;
};

struct World {
  World()
      : site(settings(), sessions, store),
        backbone(site, [this](const wire::Request& request) { return answer(request); }) {
    site.attach(backbone);
    api.emplace(site);
    api->add_to(router);
    turns();
  }

  static SiteSettings settings() {
    SiteSettings settings;
    settings.view.posts_max = 100;
    settings.changes = throttle::Policy::parse("1/10s burst 3").value();
    return settings;
  }

  wire::Reply answer(const wire::Request& request) {
    wire::Reply reply;
    asked.push_back(request);
    if (answers_nothing) {
      reply.mutable_error()->set_code(wire::UNAVAILABLE);
    } else if (request.has_subscribe()) {
      subscribed_after = request.subscribe().after();
      reply.mutable_subscribed()->set_after(std::min(subscribed_after, bridge_head));
    } else if (request.has_publish()) {
      reply.mutable_published()->set_id(++bridge_head);
    } else if (request.has_list_follows()) {
      ++follows_asked;
      const bool first = request.list_follows().after() == 0;
      reply.mutable_names()->add_nicks(first ? "bob" : "dave");
      reply.mutable_names()->set_next(first && follows_two_pages ? 17 : 0);
    } else if (request.has_list_favourites()) {
      auto& item = *reply.mutable_posts()->add_items();
      item.set_id(7);
      item.set_author("bob");
      item.set_text("fine");
    } else if (refuse_changes && (request.has_retract() || request.has_correct())) {
      reply.mutable_error()->set_code(wire::FORBIDDEN);
      reply.mutable_error()->set_text("A post can be corrected for 10 minutes.");
    } else {
      reply.mutable_done()->set_changed(true);
    }
    return reply;
  }

  void feed(std::uint64_t id, const std::string& author, const std::string& text,
            std::uint64_t answers = 0) {
    wire::Batch batch;
    auto& item = *batch.add_items();
    item.set_id(id);
    item.set_author(author);
    item.set_text(text);
    item.set_time_ms(1'000);
    item.set_in_reply_to(answers);
    backbone.peer().deliver(batch);
    bridge_head = std::max(bridge_head, id);
    turns();
  }

  // What became of a post: an empty text takes it back.
  void change(std::uint64_t id, std::uint64_t post, const std::string& text) {
    wire::Batch batch;
    auto& item = *batch.add_items();
    item.set_id(id);
    item.set_changes(post);
    item.set_text(text);
    item.set_retracted(text.empty());
    backbone.peer().deliver(batch);
    bridge_head = std::max(bridge_head, id);
    turns();
  }

  void turns(std::chrono::milliseconds time = 400ms) {
    for (int i = 0; i < 4; ++i) {
      now.mono += time / 4;
      now.wall_ms += time.count() / 4;
      site.turn(now);
    }
  }

  void back() {
    backbone.mend_link();
    for (int i = 0; i < 30; ++i) turns(1'000ms);
  }

  HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = {},
                   Fields query = {}, const std::string& nick = "alice") {
    HttpRequest request;
    request.method = method;
    request.target = request.path = path;
    request.query = std::move(query);
    for (const auto& [key, value] : request.query) request.target += "?" + key + "=" + value;
    if (!nick.empty()) request.headers = {{"authorization", "Bearer s"}, {"lapwing-nick", nick}};
    request.headers.emplace_back("content-type", "application/json");
    request.body = body;
    request.now = now;
    std::optional<HttpResponse> response;
    router.handle(request, [&](HttpResponse got) { response = std::move(got); });
    for (int i = 0; i < 50 && !response; ++i) turns(100ms);
    REQUIRE(response);
    if (response->shared) response->body = *response->shared;
    return *response;
  }

  std::shared_ptr<Reader> stream(Fields query, const std::string& last_id = {},
                                 const std::string& nick = "alice") {
    HttpRequest request;
    request.method = "GET";
    request.target = request.path = "/api/events";
    request.query = std::move(query);
    if (!nick.empty()) request.headers = {{"authorization", "Bearer s"}, {"lapwing-nick", nick}};
    if (!last_id.empty()) request.headers.emplace_back("last-event-id", last_id);
    request.now = now;
    auto reader = std::make_shared<Reader>();
    bool begun = false;
    router.handle(request, [&](HttpResponse response) {
      REQUIRE(response.stream);
      response.stream(reader);
      begun = true;
    });
    turns();
    REQUIRE(begun);
    CHECK(reader->got.starts_with("retry: 2000\n\n"));
    reader->got.erase(0, 13);
    return reader;
  }

  base::Now now{base::Time(1h), 10'000};
  TokenSessions sessions{{{.secret = "s", .nick = "*"}}};
  InstantStore store;
  Site site;
  bridge::client::MemoryBackbone backbone;
  Router router;
  std::optional<Api> api;
  std::uint64_t bridge_head = 0;
  std::uint64_t subscribed_after = ~std::uint64_t{0};
  int follows_asked = 0;
  bool follows_two_pages = false;
  bool refuse_changes = false;
  bool answers_nothing = false;
  std::vector<wire::Request> asked;
};

std::string line(std::uint64_t id, const std::string& author, const std::string& text) {
  return event_text(id, "post",
                    "{\"id\":" + std::to_string(id) + ",\"author\":\"" + author + "\",\"text\":\"" +
                        text + "\",\"time_ms\":1000}");
}

TEST_CASE("the public timeline is the feed", "[site]") {
  World world;
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

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::vector<std::string> kTimelines = {"/api/timelines/public", "/api/timelines/home",
                                             "/api/timelines/mentions", "/api/timelines/users/bob"};

TEST_CASE("a post that was taken back is on no timeline, and whoever looks is told", "[site]") {
  World world;
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
  World world;
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

TEST_CASE("a stream that resumes is told what became of posts it has", "[live]") {
  World world;
  world.feed(1, "bob", "one");
  world.feed(2, "bob", "two");
  world.feed(3, "bob", "three");
  world.change(4, 1, "");
  world.change(5, 2, "zwei");
  const std::string news = world.stream({}, "2")->news();
  CHECK(has(news, event_text(0, "gone", "{\"id\":1}")));
  CHECK(has(news, "event: corrected\ndata: {\"id\":2,"));
  CHECK(news.ends_with(line(3, "bob", "three")));
}

TEST_CASE("an author deletes and corrects, nobody else", "[site]") {
  World world;
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
  World world;
  world.feed(1, "alice", "mine");
  world.refuse_changes = true;
  const auto refused = world.ask("PATCH", "/api/posts/1", R"({"text":"too late"})");
  CHECK(refused.status == 403);
  CHECK(has(refused.body, "for 10 minutes"));
  CHECK(has(world.ask("GET", "/api/posts/1").body, "mine"));
}

TEST_CASE("of an account that is gone nothing is left", "[site]") {
  World world;
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

TEST_CASE("a reply stands in the thread of what it answers", "[site]") {
  World world;
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
  World world;
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
  World world;
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
  World world;
  world.feed(1, "bob", "hi");
  const auto first = world.ask("GET", "/api/timelines/public");
  CHECK_FALSE(first.etag.empty());
  CHECK(world.ask("GET", "/api/timelines/public").etag == first.etag);
  world.feed(2, "bob", "hi");
  CHECK(world.ask("GET", "/api/timelines/public").etag != first.etag);
}

TEST_CASE("without a bridge pages say how old they are, and the feed goes on where it was",
          "[site]") {
  World world;
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
  World world;
  world.follows_two_pages = true;
  world.feed(1, "bob", "of the first page");
  world.feed(2, "dave", "of the second");
  const std::string home = world.ask("GET", "/api/timelines/home").body;
  CHECK(home.find("of the first page") != std::string::npos);
  CHECK(home.find("of the second") != std::string::npos);
  CHECK(world.follows_asked == 2);
  CHECK(world.asked.back().list_follows().after() == 17);
}

TEST_CASE("home asks once whom somebody follows", "[site]") {
  World world;
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
  World world;
  CHECK(world.ask("GET", "/api/timelines/home", "", {}, "").status == 401);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"hi"})", {}, "").status == 401);
  struct Unmeant : Sessions {
    std::optional<Visitor> who(const HttpRequest&) override { return Visitor{.nick = "alice"}; }
  } unmeant;
  InstantStore store;
  Site site(World::settings(), unmeant, store);
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
  World world;
  CHECK(world.ask("POST", "/api/posts", "text=hi").status == 400);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"  "})").status == 400);
  CHECK(world.ask("POST", "/api/posts", R"({"text":"hi","client_id":"c"})").body ==
        R"({"state":"done","id":1,"duplicate":false,"client_id":"c"})");
  const auto limited = world.ask("POST", "/api/posts", R"({"text":"hi"})");
  CHECK(limited.status == 429);
  CHECK(limited.body.find("retry_after_ms") != std::string::npos);
}

TEST_CASE("a post made without a bridge waits where its author sees it", "[site]") {
  World world;
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

TEST_CASE("a bridge that answers nothing is not asked for a while, and changes are kept at once",
          "[site]") {
  World world;
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

TEST_CASE("streams bring posts as they come, to whom they concern", "[live]") {
  World world;
  world.feed(1, "bob", "before");
  auto everybody = world.stream({});
  auto home = world.stream({{"timeline", "home"}});
  auto mentions = world.stream({{"timeline", "mentions"}});
  auto carols = world.stream({{"timeline", "user"}, {"nick", "Carol"}});
  world.feed(2, "carol", "hi @alice");
  world.feed(3, "bob", "ho");
  CHECK(everybody->news() == line(2, "carol", "hi @alice") + line(3, "bob", "ho"));
  CHECK(home->news() == line(3, "bob", "ho"));
  CHECK(mentions->news() == line(2, "carol", "hi @alice"));
  CHECK(carols->news() == line(2, "carol", "hi @alice"));
}

TEST_CASE("a stream resumes where it was, and is told what is gone", "[live]") {
  World world;
  for (std::uint64_t id = 1; id <= 150; ++id) world.feed(id, "bob", "x");  // the view keeps 100
  CHECK(world.stream({}, "149")->news() == line(150, "bob", "x"));
  CHECK(world.stream({}, "150")->news().empty());
  const std::string old = world.stream({}, "10")->news();
  CHECK(old.starts_with(event_text(0, "gap", "{\"from\":11,\"to\":50}") + line(51, "bob", "x")));
  CHECK(old.ends_with(line(150, "bob", "x")));
  auto live = world.stream({}, "149");
  world.feed(151, "bob", "y");
  CHECK(live->news() == line(150, "bob", "x") + line(151, "bob", "y"));
}

TEST_CASE("streams are bounded, and those that ended are forgotten", "[live]") {
  World world;
  std::vector<std::shared_ptr<Reader>> readers;
  for (std::size_t i = 0; i < world.site.settings().live.per_person_max; ++i)
    readers.push_back(world.stream({}));
  CHECK(world.ask("GET", "/api/events").status == 503);
  for (const auto& reader : readers) reader->is_open = false;
  world.turns(4'000ms);
  CHECK(world.site.live().streams() == 0);
  world.stream({});
}

TEST_CASE("another log than the view's makes it begin anew", "[site]") {
  World world;
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
  World world;
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
}  // namespace gateway::web
