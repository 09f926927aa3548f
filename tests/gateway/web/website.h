// A website in one thread, against a stand-in for the bridge: what the feed brings, what a browser
// asks, and what a stream is told.
//
//   Website world;
//   world.feed(7, "bob", "hi");
//   CHECK(has(world.ask("GET", "/api/timelines/public").body, "hi"));
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/client/memory_backbone.h"
#include "gateway/web/api.h"
#include "gateway/web/site.h"

namespace tests {

using namespace gateway::web;
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

struct Website {
  Website()
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
      if (between_pages) std::exchange(between_pages, nullptr)();
      const bool first = request.list_follows().after() == 0;
      const std::string nick = first ? "bob" : "dave";
      if (nick != left) reply.mutable_names()->add_nicks(nick);
      reply.mutable_names()->set_next(first && follows_two_pages ? 17 : 0);
    } else if (request.has_list_favourites()) {
      auto& item = *reply.mutable_posts()->add_items();
      item.set_id(7);
      item.set_author("bob");
      item.set_text("fine");
    } else if (refuse_changes && (request.has_retract() || request.has_correct())) {
      reply.mutable_error()->set_code(wire::FORBIDDEN);
      reply.mutable_error()->set_text("A post can be corrected for 10 minutes.");
    } else if (follows_later && request.has_follow()) {
      reply.mutable_error()->set_code(wire::BUSY);
    } else {
      if (request.has_leave()) left = request.leave().nick();
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
    bridge_head = std::max(bridge_head, id);
    deliver(batch);
  }

  // What became of a post: an empty text takes it back.
  void change(std::uint64_t id, std::uint64_t post, const std::string& text) {
    wire::Batch batch;
    auto& item = *batch.add_items();
    item.set_id(id);
    item.set_changes(post);
    item.set_text(text);
    item.set_retracted(text.empty());
    bridge_head = std::max(bridge_head, id);
    deliver(batch);
  }

  void suspend(std::uint64_t id, const std::string& author) {
    wire::Batch batch;
    auto& item = *batch.add_items();
    item.set_id(id);
    item.set_author(author);
    item.set_hidden(true);
    deliver(batch);
  }

  void rename(std::uint64_t id, const std::string& author, const std::string& to) {
    wire::Batch batch;
    auto& item = *batch.add_items();
    item.set_id(id);
    item.set_author(author);
    item.set_renamed_to(to);
    deliver(batch);
  }

  void deliver(const wire::Batch& batch) {
    backbone.peer().deliver(batch);
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
  std::function<void()> between_pages;  // before the next one is answered
  bool follows_later = false;
  std::string left;
  bool refuse_changes = false;
  bool answers_nothing = false;
  std::vector<wire::Request> asked;
};

inline std::string line(std::uint64_t id, const std::string& author, const std::string& text) {
  return event_text(id, "post",
                    "{\"id\":" + std::to_string(id) + ",\"author\":\"" + author + "\",\"text\":\"" +
                        text + "\",\"time_ms\":1000}");
}

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace tests
