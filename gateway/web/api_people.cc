#include "gateway/web/api_people.h"

#include <utility>

#include "gateway/command/nick.h"
#include "gateway/web/answers.h"
#include "gateway/web/api_json.h"
#include "gateway/web/post_json.h"
#include "gateway/web/target.h"

namespace gateway::web {

void PeopleApi::add_to(Router& router) {
  router.add(
      "GET", "/api/people/{nick}",
      [this](const HttpRequest& request, const Respond& respond) { person(request, respond); });
  router.add(
      "GET", "/api/me",
      guard_.signed_in([this](const auto& request, const auto& respond, const auto& visitor) {
        site_.with_follows(visitor.nick, request.now,
                           [this, request, respond, visitor] { me(request, respond, visitor); });
      }));
  router.add("GET", "/api/me/tracks",
             guard_.signed_in([this](const auto& request, const auto& respond,
                                     const auto& visitor) { phrases(request, respond, visitor); }));
  router.add(
      "GET", "/api/me/favourites",
      guard_.signed_in([this](const auto& request, const auto& respond, const auto& visitor) {
        favourites(request, respond, visitor);
      }));
  router.add("GET", "/api/me/waiting",
             guard_.signed_in([this](const auto&, const auto& respond, const auto& visitor) {
               waiting(respond, visitor);
             }));
  router.add("DELETE", "/api/me/waiting/{number}",
             guard_.meant([this](const auto&, const auto& request, const auto& respond,
                                 const auto& visitor) {
               const bool was = site_.outbox().dismiss(visitor.nick, id_in(request.part("number")));
               if (!was)
                 return respond(json_error(404, "UNKNOWN", "Nothing of that number was refused."));
               respond({.status = 204});
             }));
}

void PeopleApi::person(const HttpRequest& request, const Respond& respond) {
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
    respond(open_json(json.take()));
  });
}

void PeopleApi::me(const HttpRequest& request, const Respond& respond, const Visitor& visitor) {
  const auto answer = [this, visitor, respond](const wire::Reply* reply) {
    JsonWriter json;
    json.begin_object().key("nick").text(visitor.nick);
    write_view(json, site_);
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
    write_waiting(json, site_.outbox(), visitor.nick);
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

void PeopleApi::phrases(const HttpRequest& request, const Respond& respond,
                        const Visitor& visitor) {
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
          .key("place")
          .number(std::uint64_t{phrase.place()})
          .end_object();
    json.end_array().end_object();
    respond(own_json(json.take()));
  });
}

void PeopleApi::favourites(const HttpRequest& request, const Respond& respond,
                           const Visitor& visitor) {
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

void PeopleApi::waiting(const Respond& respond, const Visitor& visitor) {
  JsonWriter json;
  json.begin_object();
  write_waiting(json, site_.outbox(), visitor.nick);
  json.end_object();
  respond(own_json(json.take()));
}

}  // namespace gateway::web
