#include "gateway/web/api_timelines.h"

#include <utility>

#include "gateway/web/answers.h"
#include "gateway/web/api_json.h"
#include "gateway/web/post_json.h"
#include "gateway/web/target.h"

namespace gateway::web {

void TimelineApi::add_to(Router& router) {
  router.add("GET", "/api/timelines/public",
             [this](const HttpRequest& request, const Respond& respond) {
               open_timeline(request, respond,
                             [this](const Range& range) { return site_.view().all(range); });
             });
  router.add("GET", "/api/timelines/users/{nick}",
             [this](const HttpRequest& request, const Respond& respond) {
               open_timeline(request, respond, [&](const Range& range) {
                 return site_.view().by(request.part("nick"), range);
               });
             });
  router.add("GET", "/api/timelines/home",
             guard_.signed_in([this](const HttpRequest& request, const Respond& respond,
                                     const Visitor& visitor) {
               site_.with_follows(visitor.nick, request.now, [this, request, respond, visitor] {
                 own_timeline(request, respond, visitor, [&](const Range& range) {
                   return site_.view().home(visitor.nick, range);
                 });
               });
             }));
  router.add("GET", "/api/timelines/mentions",
             guard_.signed_in([this](const HttpRequest& request, const Respond& respond,
                                     const Visitor& visitor) {
               own_timeline(request, respond, visitor, [&](const Range& range) {
                 return site_.view().mentions(visitor.nick, range);
               });
             }));
  router.add("GET", "/api/posts/{id}", [this](const HttpRequest& request, const Respond& respond) {
    post_by_id(request, respond);
  });
  router.add(
      "GET", "/api/posts/{id}/thread",
      [this](const HttpRequest& request, const Respond& respond) { thread(request, respond); });
}

void TimelineApi::open_timeline(const HttpRequest& request, const Respond& respond,
                                const Read& read) {
  const auto found = cache_.find(request.target);
  if (found != cache_.end() && found->second.version == site_.view().version()) {
    return respond({.content_type = std::string(kJson),
                    .headers = {{"Cache-Control", "no-cache"}},
                    .shared = found->second.body,
                    .etag = found->second.etag});
  }
  JsonWriter json;
  json.begin_object();
  write_view(json, site_);
  write_posts(json, read(range_of(request)));
  json.end_object();
  const auto body = std::make_shared<const std::string>(json.take());
  if ((cache_.size() >= kCachedMax && found == cache_.end()) ||
      cached_bytes_ + body->size() > kCachedBytesMax) {
    cache_.clear();
    cached_bytes_ = 0;
  }
  Cached& cached = cache_[request.target];
  if (cached.body) cached_bytes_ -= cached.body->size();
  cached = {site_.view().version(), body, etag_of(*body)};
  cached_bytes_ += body->size();
  respond({.content_type = std::string(kJson),
           .headers = {{"Cache-Control", "no-cache"}},
           .shared = cached.body,
           .etag = cached.etag});
}

void TimelineApi::own_timeline(const HttpRequest& request, const Respond& respond,
                               const Visitor& visitor, const Read& read) {
  JsonWriter json;
  json.begin_object();
  write_view(json, site_);
  if (!site_.view().follows_known(visitor.nick)) json.key("follows_known").flag(false);
  write_posts(json, read(range_of(request)));
  write_waiting(json, site_.outbox(), visitor.nick);
  json.end_object();
  respond(own_json(json.take()));
}

void TimelineApi::post_by_id(const HttpRequest& request, const Respond& respond) {
  const Post* post = site_.view().find(id_in(request.part("id")));
  if (post == nullptr)
    return respond(json_error(404, "UNKNOWN", "There is no such post, or it is not kept here."));
  JsonWriter json;
  json.begin_object();
  write_view(json, site_);
  json.key("post");
  write_post(json, *post);
  json.end_object();
  respond(open_json(json.take()));
}

// The posts this one answers, the first on top; itself; and what answers it, oldest first.
void TimelineApi::thread(const HttpRequest& request, const Respond& respond) {
  const View& view = site_.view();
  const Post* post = view.find(id_in(request.part("id")));
  if (post == nullptr)
    return respond(json_error(404, "UNKNOWN", "There is no such post, or it is not kept here."));
  const Page replies = view.replies_to(post->id, {.limit = kPageMax});
  JsonWriter json;
  json.begin_object();
  write_view(json, site_);
  json.key("above").begin_array();
  for (const Post* up : view.above(*post)) write_post(json, *up);
  json.end_array().key("post");
  write_post(json, *post);
  json.key("replies").begin_array();
  for (auto reply = replies.posts.rbegin(); reply != replies.posts.rend(); ++reply)
    write_post(json, **reply);
  json.end_array().end_object();
  respond(open_json(json.take()));
}

}  // namespace gateway::web
