#include "gateway/web/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

#include "bridge/base/text.h"
#include "bridge/wire/messages.h"
#include "gateway/command/nick.h"
#include "gateway/web/post_json.h"
#include "gateway/web/target.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

constexpr std::string_view kNoStore = "no-store";

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? number : 0;
}

Range range_of(const HttpRequest& request) {
  Range range{.before = number_of(request.argument("before")),
              .after = number_of(request.argument("after"))};
  if (const auto limit = number_of(request.argument("limit")); limit > 0)
    range.limit = std::min<std::size_t>(limit, Api::kPageMax);
  return range;
}

std::string etag_of(std::string_view body) {
  return fmt::format("\"{:016x}\"", std::hash<std::string_view>()(body));
}

HttpResponse own_json(std::string body, unsigned status = 200) {
  HttpResponse response{.status = status, .content_type = std::string(kJson)};
  response.headers = {{"Cache-Control", "private, no-cache"}, {"Vary", "Cookie, Authorization"}};
  if (status == 200) response.etag = etag_of(body);
  response.body = std::move(body);
  return response;
}

std::string random_id() {
  static std::mt19937_64 random{std::random_device{}()};
  return fmt::format("web-{:016x}{:016x}", random(), random());
}

void write_posts(JsonWriter& json, const Page& page) {
  json.key("posts").begin_array();
  for (const Post* post : page.posts) write_post(json, *post);
  json.end_array();
  json.key("older").number(page.more ? page.posts.back()->id : std::uint64_t{0});
}

std::optional<Fields> body_fields(const HttpRequest& request) {
  const std::string_view type = request.header("content-type");
  if (type.starts_with(kJson)) return parse_json_object(request.body);
  if (type.starts_with("application/x-www-form-urlencoded")) return parse_form(request.body);
  return std::nullopt;
}

std::string_view code_name(wire::ErrorCode code) {
  switch (code) {
    case wire::FORBIDDEN:
      return "FORBIDDEN";
    case wire::NOT_JOINED:
      return "NOT_JOINED";
    case wire::UNKNOWN:
      return "UNKNOWN";
    case wire::CONFLICT:
      return "CONFLICT";
    case wire::RATE_LIMITED:
      return "RATE_LIMITED";
    case wire::BUSY:
      return "BUSY";
    case wire::UNAVAILABLE:
      return "UNAVAILABLE";
    default:
      return "BAD_REQUEST";
  }
}

unsigned status_of(wire::ErrorCode code) {
  switch (code) {
    case wire::FORBIDDEN:
      return 403;
    case wire::NOT_JOINED:
      return 403;
    case wire::UNKNOWN:
      return 404;
    case wire::CONFLICT:
      return 409;
    case wire::RATE_LIMITED:
      return 429;
    case wire::BUSY:
      return 503;
    case wire::UNAVAILABLE:
      return 503;
    default:
      return 400;
  }
}

HttpResponse error_response(unsigned status, std::string_view code, std::string_view text,
                            std::uint64_t retry_after_ms) {
  JsonWriter json;
  json.begin_object().key("error").begin_object().key("code").text(code).key("text").text(text);
  if (retry_after_ms != 0) json.key("retry_after_ms").number(retry_after_ms);
  json.end_object().end_object();
  HttpResponse response{.status = status, .content_type = std::string(kJson)};
  response.headers = {{"Cache-Control", std::string(kNoStore)}};
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (retry_after_ms != 0)
    response.headers.emplace_back("Retry-After", std::to_string((retry_after_ms + 999) / 1000));
  response.body = json.take();
  return response;
}

HttpResponse too_much(const throttle::Decision& decision, base::Time now) {
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(decision.not_before - now);
  return error_response(429, "RATE_LIMITED", "That is too much at once.",
                        decision.kind == throttle::Decision::Kind::kNever
                            ? 0
                            : static_cast<std::uint64_t>(std::max<std::int64_t>(1, wait.count())));
}

// What came of a change, as an answer.
HttpResponse sent_response(const Sent& sent, const wire::Request& request) {
  if (sent.state == Sent::State::kRefused) return json_error(sent.reply.error());
  JsonWriter json;
  json.begin_object();
  if (sent.state == Sent::State::kWaiting) {
    json.key("state").text("waiting").key("waiting").number(sent.number);
  } else {
    json.key("state").text("done");
    if (sent.reply.has_published()) {
      json.key("id").number(sent.reply.published().id());
      json.key("duplicate").flag(sent.reply.published().duplicate());
    } else if (sent.reply.has_done()) {
      json.key("changed").flag(sent.reply.done().changed());
    } else if (sent.reply.has_phrases()) {
      json.key("phrases").begin_array();
      for (const auto& phrase : sent.reply.phrases().phrases())
        json.begin_object()
            .key("text")
            .text(phrase.text())
            .key("changed")
            .flag(phrase.changed())
            .end_object();
      json.end_array();
    }
  }
  if (request.has_publish()) json.key("client_id").text(request.publish().client_id());
  json.end_object();
  const bool done = sent.state == Sent::State::kDone;
  return own_json(json.take(), done ? (request.has_publish() ? 201 : 200) : 202);
}

}  // namespace

HttpResponse json_error(const wire::Error& error) {
  return error_response(status_of(error.code()), code_name(error.code()), error.text(),
                        error.retry_after_ms());
}

HttpResponse json_error(unsigned status, std::string_view code, std::string_view text) {
  return error_response(status, code, text, 0);
}

HandlerFunction Api::signed_in(
    std::function<void(const HttpRequest&, const Respond&, const Visitor&)> then) {
  return [this, then = std::move(then)](const HttpRequest& request, const Respond& respond) {
    const auto visitor = site_.sessions().who(request);
    if (!visitor)
      return respond(json_error(401, "NOT_SIGNED_IN", "Sign in first, or send a bearer token."));
    then(request, respond, *visitor);
  };
}

HandlerFunction Api::meant(
    std::function<void(const Fields&, const HttpRequest&, const Respond&, const Visitor&)> then) {
  return signed_in([this, then = std::move(then)](const HttpRequest& request,
                                                  const Respond& respond, const Visitor& visitor) {
    if (!visitor.may_change)
      return respond(json_error(403, "NOT_MEANT", "The token of the session is missing or wrong."));
    const auto allowed =
        people_.decide(folded(visitor.nick), site_.settings().changes, request.now.mono);
    if (!allowed.admitted()) {
      ++site_.limited_;
      return respond(too_much(allowed, request.now.mono));
    }
    const auto fields =
        request.body.empty() ? std::optional<Fields>(Fields{}) : body_fields(request);
    if (!fields)
      return respond(
          json_error(400, "BAD_REQUEST", "The body is no flat JSON object, nor a form."));
    then(*fields, request, respond, visitor);
  });
}

void Api::write_view(JsonWriter& json) const {
  json.key("view").begin_object().key("live").flag(site_.live_now());
  if (!site_.live_now()) json.key("as_of_ms").number(site_.view().current_ms());
  json.end_object();
}

// What everybody sees alike is made once for each version of the view.
void Api::open_timeline(const HttpRequest& request, const Respond& respond, const Read& read) {
  const auto found = cache_.find(request.target);
  if (found != cache_.end() && found->second.version == site_.view().version()) {
    return respond({.content_type = std::string(kJson),
                    .headers = {{"Cache-Control", "no-cache"}},
                    .shared = found->second.body,
                    .etag = found->second.etag});
  }
  JsonWriter json;
  json.begin_object();
  write_view(json);
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

void Api::own_timeline(const HttpRequest& request, const Respond& respond, const Visitor& visitor,
                       const Read& read) {
  JsonWriter json;
  json.begin_object();
  write_view(json);
  if (!site_.view().follows_known(visitor.nick)) json.key("follows_known").flag(false);
  write_posts(json, read(range_of(request)));
  write_waiting(json, visitor.nick);
  json.end_object();
  respond(own_json(json.take()));
}

void Api::post_by_id(const HttpRequest& request, const Respond& respond) {
  const Post* post = site_.view().find(number_of(request.part("id")));
  if (post == nullptr)
    return respond(json_error(404, "UNKNOWN", "There is no such post, or it is not kept here."));
  JsonWriter json;
  json.begin_object();
  write_view(json);
  json.key("post");
  write_post(json, *post);
  json.end_object();
  std::string body = json.take();
  std::string etag = etag_of(body);
  respond({.content_type = std::string(kJson),
           .headers = {{"Cache-Control", "no-cache"}},
           .body = std::move(body),
           .etag = std::move(etag)});
}

// The posts this one answers, the first on top; itself; and what answers it, oldest first.
void Api::thread(const HttpRequest& request, const Respond& respond) {
  const View& view = site_.view();
  const Post* post = view.find(number_of(request.part("id")));
  if (post == nullptr)
    return respond(json_error(404, "UNKNOWN", "There is no such post, or it is not kept here."));
  const Page replies = view.replies_to(post->id, {.limit = kPageMax});
  JsonWriter json;
  json.begin_object();
  write_view(json);
  json.key("above").begin_array();
  for (const Post* up : view.above(*post)) write_post(json, *up);
  json.end_array().key("post");
  write_post(json, *post);
  json.key("replies").begin_array();
  for (auto reply = replies.posts.rbegin(); reply != replies.posts.rend(); ++reply)
    write_post(json, **reply);
  json.end_array().end_object();
  std::string body = json.take();
  std::string etag = etag_of(body);
  respond({.content_type = std::string(kJson),
           .headers = {{"Cache-Control", "no-cache"}},
           .body = std::move(body),
           .etag = std::move(etag)});
}

void Api::person(const HttpRequest& request, const Respond& respond) {
  wire::Request question;
  question.mutable_whois()->set_nick(std::string(request.part("nick")));
  if (!command::is_nick(question.whois().nick()))
    return respond(json_error(404, "UNKNOWN", "This is no nick."));
  site_.asker().ask(question, request.now.mono, [respond](const wire::Reply& reply) {
    if (reply.has_error()) return respond(json_error(reply.error()));
    const wire::Profile& profile = reply.profile();
    JsonWriter json;
    json.begin_object().key("nick").text(profile.nick());
    json.key("joined_ms").number(profile.joined_ms()).key("posts").number(profile.posts());
    json.key("follows").number(profile.follows()).key("followers").number(profile.followers());
    json.end_object();
    respond({.content_type = std::string(kJson),
             .headers = {{"Cache-Control", "no-cache"}},
             .body = json.take()});
  });
}

void Api::me(const HttpRequest& request, const Respond& respond, const Visitor& visitor) {
  const auto answer = [this, visitor, respond](const wire::Reply* reply) {
    JsonWriter json;
    json.begin_object().key("nick").text(visitor.nick);
    write_view(json);
    if (reply != nullptr && reply->has_numbers()) {
      const wire::Numbers& numbers = reply->numbers();
      json.key("follows").number(numbers.follows()).key("followers").number(numbers.followers());
      json.key("tracks").number(numbers.tracks()).key("posts").number(numbers.posts());
      json.key("delivery_on").flag(numbers.delivery_on());
    }
    if (site_.view().follows_known(visitor.nick)) {
      json.key("following").begin_array();
      for (const std::string& nick : site_.view().follows_of(visitor.nick)) json.text(nick);
      json.end_array();
    }
    write_waiting(json, visitor.nick);
    json.end_object();
    respond(own_json(json.take()));
  };
  if (!site_.asker().ready(request.now.mono)) return answer(nullptr);
  wire::Request question;
  question.mutable_actor()->set_nick(visitor.nick);
  question.mutable_stats();
  site_.asker().ask(question, request.now.mono,
                    [answer](const wire::Reply& reply) { answer(&reply); });
}

void Api::phrases(const HttpRequest& request, const Respond& respond, const Visitor& visitor) {
  wire::Request question;
  question.mutable_actor()->set_nick(visitor.nick);
  question.mutable_list_tracks();
  site_.asker().ask(question, request.now.mono, [respond](const wire::Reply& reply) {
    if (reply.has_error()) return respond(json_error(reply.error()));
    JsonWriter json;
    json.begin_object().key("tracks").begin_array();
    for (const auto& phrase : reply.phrases().phrases())
      json.begin_object()
          .key("phrase")
          .text(phrase.text())
          .key("since")
          .number(phrase.since())
          .key("per_hour")
          .number(std::uint64_t{phrase.per_hour()})
          .end_object();
    json.end_array().end_object();
    respond(own_json(json.take()));
  });
}

void Api::favourites(const HttpRequest& request, const Respond& respond, const Visitor& visitor) {
  const Range range = range_of(request);
  wire::Request question;
  question.mutable_actor()->set_nick(visitor.nick);
  question.mutable_list_favourites()->set_count(static_cast<std::uint32_t>(range.limit));
  question.mutable_list_favourites()->set_before(range.before);
  site_.asker().ask(question, request.now.mono, [respond](const wire::Reply& reply) {
    if (reply.has_error()) return respond(json_error(reply.error()));
    JsonWriter json;
    json.begin_object().key("posts").begin_array();
    for (const wire::Item& item : reply.posts().items()) write_post(json, post_of(item));
    json.end_array().end_object();
    respond(own_json(json.take()));
  });
}

void Api::write_waiting(JsonWriter& json, const std::string& nick) const {
  json.key("waiting").begin_array();
  for (const Outbox::Waiting& one : site_.outbox().waiting(nick)) {
    json.begin_object().key("waiting").number(one.number).key("time_ms").number(one.time_ms);
    json.key("action").text(bridge::wire::action_name(one.request));
    if (one.request.has_publish()) {
      json.key("text").text(one.request.publish().text());
      json.key("client_id").text(one.request.publish().client_id());
      if (const auto post = one.request.publish().in_reply_to().id(); post != 0)
        json.key("in_reply_to").number(std::uint64_t{post});
    } else if (one.request.has_favourite() || one.request.has_unfavourite()) {
      json.key("post").number(std::uint64_t{one.request.has_favourite()
                                                ? one.request.favourite().post().id()
                                                : one.request.unfavourite().post().id()});
    } else if (one.request.has_follow() || one.request.has_leave()) {
      json.key("nick").text(one.request.has_follow() ? one.request.follow().nick()
                                                     : one.request.leave().nick());
    } else if (one.request.has_track() || one.request.has_untrack()) {
      json.key("phrases").text(one.request.has_track() ? one.request.track().phrases()
                                                       : one.request.untrack().phrases());
    } else if (one.request.has_retract()) {
      json.key("post").number(one.request.retract().post());
    } else if (one.request.has_correct()) {
      json.key("post").number(one.request.correct().post());
      json.key("text").text(one.request.correct().text());
    }
    if (!one.refused.empty()) json.key("refused").text(one.refused);
    json.end_object();
  }
  json.end_array();
}

void Api::waiting(const HttpRequest&, const Respond& respond, const Visitor& visitor) {
  JsonWriter json;
  json.begin_object();
  write_waiting(json, visitor.nick);
  json.end_object();
  respond(own_json(json.take()));
}

void Api::events(const HttpRequest& request, const Respond& respond) {
  const std::string_view name = request.argument("timeline");
  const auto visitor = site_.sessions().who(request);
  Audience audience;
  if (visitor) audience.person = folded(visitor->nick);
  if (name == "home" || name == "mentions") {
    if (!visitor)
      return respond(json_error(401, "NOT_SIGNED_IN", "Sign in first, or send a bearer token."));
    audience.kind = name == "home" ? Audience::Kind::kHome : Audience::Kind::kMentions;
    audience.of = audience.person;
  } else if (name == "user") {
    audience.kind = Audience::Kind::kUser;
    audience.of = folded(request.argument("nick"));
  } else if (!name.empty() && name != "public") {
    return respond(
        json_error(400, "BAD_REQUEST", "timeline is one of public, home, mentions, user."));
  }
  if (!site_.live().room_for(audience))
    return respond(
        error_response(503, "BUSY", "There are too many streams; try again later.", 5000));
  std::uint64_t after = number_of(request.header("last-event-id"));
  if (after == 0) after = number_of(request.argument("after"));
  const auto begin = [this, audience, after](std::shared_ptr<Stream> stream) {
    site_.live().open(audience, after, std::move(stream), base::read_clocks());
  };
  const auto answer = [respond, begin] {
    respond({.content_type = std::string(kEventStream),
             .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
             .stream = begin});
  };
  if (audience.kind != Audience::Kind::kHome) return answer();
  site_.with_follows(visitor->nick, request.now, answer);
}

void Api::change(const HttpRequest& request, const Respond& respond, const Visitor& visitor,
                 wire::Request wanted) {
  wanted.mutable_actor()->set_nick(visitor.nick);
  site_.act(visitor.nick, wanted, request.now,
            [respond, wanted](const Sent& sent) { respond(sent_response(sent, wanted)); });
}

void Api::add_to(Router& router) {
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
  router.add(
      "GET", "/api/timelines/home",
      signed_in([this](const HttpRequest& request, const Respond& respond, const Visitor& visitor) {
        site_.with_follows(visitor.nick, request.now, [this, request, respond, visitor] {
          own_timeline(request, respond, visitor,
                       [&](const Range& range) { return site_.view().home(visitor.nick, range); });
        });
      }));
  router.add(
      "GET", "/api/timelines/mentions",
      signed_in([this](const HttpRequest& request, const Respond& respond, const Visitor& visitor) {
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
  router.add(
      "GET", "/api/people/{nick}",
      [this](const HttpRequest& request, const Respond& respond) { person(request, respond); });
  router.add("GET", "/api/me",
             signed_in([this](const auto& request, const auto& respond, const auto& visitor) {
               site_.with_follows(visitor.nick, request.now, [this, request, respond, visitor] {
                 me(request, respond, visitor);
               });
             }));
  router.add("GET", "/api/me/tracks",
             signed_in([this](const auto& request, const auto& respond, const auto& visitor) {
               phrases(request, respond, visitor);
             }));
  router.add("GET", "/api/me/favourites",
             signed_in([this](const auto& request, const auto& respond, const auto& visitor) {
               favourites(request, respond, visitor);
             }));
  router.add("GET", "/api/me/waiting",
             signed_in([this](const auto& request, const auto& respond, const auto& visitor) {
               waiting(request, respond, visitor);
             }));
  router.add(
      "DELETE", "/api/me/waiting/{number}",
      meant([this](const auto&, const auto& request, const auto& respond, const auto& visitor) {
        const bool was = site_.outbox().dismiss(visitor.nick, number_of(request.part("number")));
        if (!was) return respond(json_error(404, "UNKNOWN", "Nothing of that number was refused."));
        respond({.status = 204});
      }));
  router.add("GET", "/api/events", [this](const HttpRequest& request, const Respond& respond) {
    events(request, respond);
  });

  router.add(
      "POST", "/api/posts",
      meant([this](const Fields& fields, const auto& request, const auto& respond,
                   const auto& visitor) {
        wire::Request wanted;
        auto& publish = *wanted.mutable_publish();
        publish.set_text(std::string(field(fields, "text")));
        const std::string_view id = field(fields, "client_id");
        publish.set_client_id(id.empty() ? random_id() : std::string(id));
        if (const auto answers = field(fields, "in_reply_to"); !answers.empty()) {
          const std::uint64_t post = number_of(answers);
          if (post == 0)
            return respond(json_error(400, "BAD_REQUEST", "`in_reply_to` is no number of a post."));
          publish.mutable_in_reply_to()->set_id(post);
        }
        if (auto wrong = site_.check_post(publish); !wrong)
          return respond(json_error(400, "BAD_REQUEST", wrong.error().text));
        change(request, respond, visitor, std::move(wanted));
      }));
  const auto on_post = [&](std::string_view method, std::string_view path,
                           std::function<void(wire::Request&, std::uint64_t, const Fields&)> fill) {
    router.add(method, path,
               meant([this, fill = std::move(fill)](const Fields& fields, const auto& request,
                                                    const auto& respond, const auto& visitor) {
                 const std::uint64_t id = number_of(request.part("id"));
                 if (id == 0) return respond(json_error(404, "UNKNOWN", "There is no such post."));
                 wire::Request wanted;
                 fill(wanted, id, fields);
                 if (const auto good = site_.check_change(visitor.nick, wanted); !good)
                   return respond(json_error(bridge::wire::error_reply(good.error()).error()));
                 change(request, respond, visitor, std::move(wanted));
               }));
  };
  on_post("DELETE", "/api/posts/{id}", [](wire::Request& wanted, std::uint64_t id, const Fields&) {
    wanted.mutable_retract()->set_post(id);
  });
  on_post("PATCH", "/api/posts/{id}",
          [](wire::Request& wanted, std::uint64_t id, const Fields& fields) {
            wanted.mutable_correct()->set_post(id);
            wanted.mutable_correct()->set_text(std::string(field(fields, "text")));
          });
  on_post("POST", "/api/posts/{id}/fav",
          [](wire::Request& wanted, std::uint64_t id, const Fields&) {
            wanted.mutable_favourite()->mutable_post()->set_id(id);
          });
  on_post("DELETE", "/api/posts/{id}/fav",
          [](wire::Request& wanted, std::uint64_t id, const Fields&) {
            wanted.mutable_unfavourite()->mutable_post()->set_id(id);
          });
  const auto simple = [&](std::string_view path, std::string name,
                          std::function<void(wire::Request&, std::string)> fill) {
    router.add("POST", path,
               meant([this, name = std::move(name), fill = std::move(fill)](
                         const Fields& fields, const auto& request, const auto& respond,
                         const auto& visitor) {
                 std::string value(field(fields, name));
                 if (value.empty() || value.size() > 2000)
                   return respond(
                       json_error(400, "BAD_REQUEST", "`" + name + "` is missing or too long."));
                 if (name == "nick" && !command::is_nick(value))
                   return respond(json_error(400, "BAD_REQUEST", "This is no nick."));
                 wire::Request wanted;
                 fill(wanted, std::move(value));
                 change(request, respond, visitor, std::move(wanted));
               }));
  };
  simple("/api/follow", "nick", [](wire::Request& wanted, std::string value) {
    wanted.mutable_follow()->set_nick(std::move(value));
  });
  simple("/api/leave", "nick", [](wire::Request& wanted, std::string value) {
    wanted.mutable_leave()->set_nick(std::move(value));
  });
  simple("/api/track", "phrases", [](wire::Request& wanted, std::string value) {
    wanted.mutable_track()->set_phrases(std::move(value));
  });
  simple("/api/untrack", "phrases", [](wire::Request& wanted, std::string value) {
    wanted.mutable_untrack()->set_phrases(std::move(value));
  });
}

}  // namespace gateway::web
