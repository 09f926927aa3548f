#include "gateway/web/form_routes.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "bridge/base/secret.h"
#include "gateway/web/answers.h"
#include "gateway/web/json.h"
#include "gateway/web/target.h"

namespace gateway::web {
namespace {

using pages::Notice;

constexpr std::size_t kClientIdBytesMax = 128;
constexpr unsigned kNotDone = 422;  // of a form that says something wrong
constexpr std::string_view kWaits =
    "That waits here, and is done when the message backbone is back.";

// Browsers send a text's line breaks as CR LF.
std::string lines_of(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '\r') out += c;
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string post_path(std::uint64_t id) {
  return fmt::format("/post/{}", id);
}

std::string sentence_of(const wire::Error& error) {
  std::string text = error.text().empty() ? "That did not work." : error.text();
  if (error.retry_after_ms() > 0)
    text +=
        fmt::format(" Try again in {}.", pages::duration((error.retry_after_ms() + 999) / 1000));
  return text;
}

HttpResponse json_answer(const PageContext& context, unsigned status, JsonWriter& body) {
  HttpResponse response{.status = status,
                        .content_type = std::string(kJson),
                        .headers = {{"Cache-Control", "no-store"}},
                        .body = body.take()};
  add_guards(context, response);
  return response;
}

HttpResponse json_problem(const PageContext& context, unsigned status, std::string_view text) {
  JsonWriter body;
  body.begin_object().key("error").begin_object().key("text").text(text).end_object().end_object();
  return json_answer(context, status, body);
}

}  // namespace

void FormRoutes::add(Router& router, std::string_view path, OnForm on_form) {
  router.add(
      "POST", path,
      [this, on_form = std::move(on_form)](const HttpRequest& request, const Respond& respond) {
        Form form{.visit = visit_of(context_, request), .fields = {}, .back = {}};
        const auto refuse = [&](int status, std::string title, std::string text) {
          if (form.visit.wants_json)
            return respond(json_problem(context_, static_cast<unsigned>(status), text));
          respond(
              problem_answer(context_, form.visit, {status, std::move(title), std::move(text)}));
        };
        if (!form.visit.known) return refuse(401, "Signed out", "You are not signed in any more.");
        if (!form.visit.known->may_change)
          return refuse(403, "Not from here",
                        "That form was not from this site, or from before you signed in: go back, "
                        "reload the page, and try again.");
        auto fields = parse_form(request.body);
        if (!fields) return refuse(400, "Not understood", "That form cannot be read.");
        form.fields = std::move(*fields);
        form.back = local_path(form.get("back"));
        form.visit.frame.path = form.back;
        on_form(form, respond);
      });
}

void FormRoutes::add_to(Router& router) {
  add(router, "/post", [this](const Form& form, const Respond& respond) { post(form, respond); });
  for (const PostChange& one : post_changes())
    add(router, one.path,
        [this, one](const Form& form, const Respond& respond) { change_post(one, form, respond); });
  for (const TextChange& one : text_changes())
    add(router, one.path, [this, one](const Form& form, const Respond& respond) {
      std::string_view text = form.get(one.field);
      if (one.of_nick() && text.starts_with('@')) text.remove_prefix(1);
      wire::Request request;
      one.fill(request, std::string(text));
      act(form, request, fmt::format(fmt::runtime(one.done), text), respond);
    });
  add(router, "/delivery", [this](const Form& form, const Respond& respond) {
    const bool on = form.get("on") == "1";
    wire::Request request;
    request.mutable_set_delivery()->set_on(on);
    act(form, request, on ? "Delivery is on." : "Delivery is off.", respond);
  });
}

void FormRoutes::went_well(const Form& form, const Outcome& outcome, const std::string& done,
                           const Respond& respond) {
  const bool waits = outcome.state == Outcome::State::kWaiting;
  context_.sessions.tell(
      form.visit.known->token,
      {waits ? Notice::Kind::kWaiting : Notice::Kind::kDone, waits ? std::string(kWaits) : done});
  respond(go_to(context_, form.back));
}

void FormRoutes::act(const Form& form, const wire::Request& request, const std::string& done,
                     const Respond& respond) {
  wire::Request asked = request;
  asked.mutable_actor()->set_nick(form.visit.nick());
  context_.world.act(asked, form.visit.now, [=, this](const Outcome& outcome) {
    if (outcome.state != Outcome::State::kRefused) return went_well(form, outcome, done, respond);
    Visit visit = form.visit;
    const wire::Error& error = outcome.reply.error();
    visit.frame.notice = Notice{Notice::Kind::kProblem, sentence_of(error)};
    const std::string_view page = asked.has_track() || asked.has_untrack()  ? "/tracks"
                                  : asked.has_follow() || asked.has_leave() ? "/people"
                                                                            : "/settings";
    pages_.settings_again(visit, page, std::string(form.get("phrases")),
                          status_of(error.code(), kNotDone), respond);
  });
}

void FormRoutes::post(const Form& form, const Respond& respond) {
  std::string client_id(form.get("client_id"));
  if (client_id.empty() || client_id.size() > kClientIdBytesMax)
    client_id = bridge::base::random_token(16);
  const std::string text = lines_of(form.get("text"));
  wire::Request request;
  request.mutable_actor()->set_nick(form.visit.nick());
  request.mutable_publish()->set_client_id(client_id);
  request.mutable_publish()->set_text(text);
  if (const std::uint64_t id = id_in(form.get("reply_to")); id != 0)
    request.mutable_publish()->mutable_in_reply_to()->set_id(id);
  context_.world.act(request, form.visit.now, [=, this](const Outcome& outcome) {
    const bool waits = outcome.state == Outcome::State::kWaiting;
    if (outcome.state == Outcome::State::kRefused) {
      const wire::Error& error = outcome.reply.error();
      const unsigned status = status_of(error.code(), kNotDone);
      if (form.visit.wants_json) return respond(json_problem(context_, status, sentence_of(error)));
      Visit visit = form.visit;
      visit.frame.notice = Notice{Notice::Kind::kProblem, sentence_of(error)};
      visit.frame.path = "/";
      return respond(pages_.home_again(visit, text, status));
    }
    if (form.visit.wants_json) {
      JsonWriter body;
      body.begin_object().key("state").text(waits ? "waiting" : "done");
      body.key("id").number(std::uint64_t{outcome.reply.published().id()});
      body.key("next_client_id").text(bridge::base::random_token(16)).end_object();
      return respond(json_answer(context_, waits ? 202 : 200, body));
    }
    went_well(form, outcome, "Posted.", respond);
  });
}

void FormRoutes::change_post(const PostChange& what, const Form& form, const Respond& respond) {
  const std::uint64_t id = id_in(form.get("id"));
  wire::Request request;
  request.mutable_actor()->set_nick(form.visit.nick());
  what.fill(request, id, lines_of(form.get("text")));
  Form from = form;
  // There is no such page any more.
  if (request.has_retract() && from.back == post_path(id)) from.back = "/";
  context_.world.act(request, form.visit.now, [=, this](const Outcome& outcome) {
    if (outcome.state != Outcome::State::kRefused)
      return went_well(from, outcome, std::string(what.done), respond);
    const wire::Error& error = outcome.reply.error();
    Visit visit = from.visit;
    visit.frame.notice = Notice{Notice::Kind::kProblem, sentence_of(error)};
    visit.frame.path = post_path(id);
    pages_.thread_again(visit, id, request.correct().text(), status_of(error.code(), kNotDone),
                        respond);
  });
}

}  // namespace gateway::web
