#include "gateway/web/api_changes.h"

#include <fmt/format.h>

#include <random>
#include <utility>

#include "bridge/wire/messages.h"
#include "gateway/command/nick.h"
#include "gateway/web/answers.h"
#include "gateway/web/json.h"
#include "gateway/web/target.h"

namespace gateway::web {
namespace {

constexpr std::size_t kTextMax =
    2'000;  // bytes of a nick or of phrases; the bridge has the last word

std::string random_id() {
  static std::mt19937_64 random{std::random_device{}()};
  return fmt::format("web-{:016x}{:016x}", random(), random());
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

void ChangeApi::add_to(Router& router) {
  router.add("POST", "/api/posts", guard_.meant([this](const auto&... said) { publish(said...); }));
  for (const PostChange& one : post_changes())
    router.add(one.api_method, one.api_path,
               guard_.meant([this, one](const auto&... said) { change_post(one, said...); }));
  for (const TextChange& one : text_changes())
    router.add("POST", fmt::format("/api{}", one.path),
               guard_.meant([this, one](const auto&... said) { change_text(one, said...); }));
}

void ChangeApi::publish(const Fields& fields, const HttpRequest& request, const Respond& respond,
                        const Visitor& visitor) {
  wire::Request wanted;
  auto& publish = *wanted.mutable_publish();
  publish.set_text(std::string(field(fields, "text")));
  const std::string_view id = field(fields, "client_id");
  publish.set_client_id(id.empty() ? random_id() : std::string(id));
  if (const auto answers = field(fields, "in_reply_to"); !answers.empty()) {
    const std::uint64_t post = id_in(answers);
    if (post == 0)
      return respond(json_error(400, "BAD_REQUEST", "`in_reply_to` is no number of a post."));
    publish.mutable_in_reply_to()->set_id(post);
  }
  if (const auto good = site_.check_post(publish); !good)
    return respond(json_error(400, "BAD_REQUEST", good.error().text));
  change(request, respond, visitor, std::move(wanted));
}

void ChangeApi::change_post(const PostChange& what, const Fields& fields,
                            const HttpRequest& request, const Respond& respond,
                            const Visitor& visitor) {
  const std::uint64_t id = id_in(request.part("id"));
  if (id == 0) return respond(json_error(404, "UNKNOWN", "There is no such post."));
  wire::Request wanted;
  what.fill(wanted, id, std::string(field(fields, "text")));
  if (const auto good = site_.check_change(visitor.nick, wanted); !good)
    return respond(json_error(bridge::wire::error_reply(good.error()).error()));
  change(request, respond, visitor, std::move(wanted));
}

void ChangeApi::change_text(const TextChange& what, const Fields& fields,
                            const HttpRequest& request, const Respond& respond,
                            const Visitor& visitor) {
  const std::string text(field(fields, what.field));
  if (text.empty() || text.size() > kTextMax)
    return respond(
        json_error(400, "BAD_REQUEST", fmt::format("`{}` is missing or too long.", what.field)));
  if (what.of_nick() && !command::is_nick(text))
    return respond(json_error(400, "BAD_REQUEST", "This is no nick."));
  wire::Request wanted;
  what.fill(wanted, text);
  change(request, respond, visitor, std::move(wanted));
}

void ChangeApi::change(const HttpRequest& request, const Respond& respond, const Visitor& visitor,
                       wire::Request wanted) {
  wanted.mutable_actor()->set_nick(visitor.nick);
  site_.act(visitor.nick, wanted, request.now,
            [respond, wanted](const Sent& sent) { respond(sent_response(sent, wanted)); });
}

}  // namespace gateway::web
