#include "gateway/web/sign_in_question.h"

#include <fmt/format.h>

#include <utility>

#include "gateway/web/doorman.h"
#include "gateway/web/entrance.h"
#include "gateway/web/json.h"
#include "gateway/web/target.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kTicketFor = 3min;
constexpr std::size_t kNameBytesMax = 21;  // with an @

// As people write names.
std::string name_in(const Fields& form) {
  std::string_view name = field(form, "name");
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  if (name.starts_with('@')) name.remove_prefix(1);
  return std::string(name.substr(0, kNameBytesMax));
}

pages::SignInAsked view_of(const wire::SignInAsked& asked) {
  using State = pages::SignInAsked::State;
  pages::SignInAsked view;
  view.transaction = asked.transaction();
  view.left_s = static_cast<std::int64_t>(asked.good_for_ms() + 999) / 1000;
  switch (asked.state()) {
    case wire::SignInAsked::WAITING:
      view.state = State::kWaiting;
      break;
    case wire::SignInAsked::CONFIRMED:
      view.state = State::kConfirmed;
      break;
    case wire::SignInAsked::REFUSED:
      view.state = State::kRefused;
      break;
    default:
      view.state = State::kOver;
  }
  return view;
}

std::string_view name_of(pages::SignInAsked::State state) {
  switch (state) {
    case pages::SignInAsked::State::kWaiting:
      return "waiting";
    case pages::SignInAsked::State::kConfirmed:
      return "confirmed";
    case pages::SignInAsked::State::kRefused:
      return "refused";
    case pages::SignInAsked::State::kOver:
      return "over";
  }
  return "over";
}

// A way back that is too long for an address is forgotten.
std::string page_for(const std::string& back) {
  const std::string page = "/sign-in/asked?back=" + percent_encode(back);
  return local_path(page) == page ? page : "/sign-in/asked";
}

// Why nobody is asked, in words for whoever wanted to be.
std::pair<unsigned, std::string> why_not(const wire::Error& error) {
  switch (error.code()) {
    case wire::UNAVAILABLE:
      return {503, std::string(kBackboneAway)};
    case wire::FORBIDDEN:
      return {503, "Nobody can be asked in chat here: use a code."};
    case wire::BAD_REQUEST:
      return {422, error.text()};
    default:
      return {429, fmt::format("{} Try again in {}, or use a code.", error.text(),
                               how_long(std::chrono::milliseconds(error.retry_after_ms())))};
  }
}

// Why it goes no further, though the bridge knows the question.
pages::Problem problem_of(const wire::Error& error) {
  if (error.code() == wire::UNAVAILABLE) return {503, "Out of reach", std::string(kBackboneAway)};
  return {403, "Not signed in", error.text()};
}

}  // namespace

void SignInQuestion::add_to(Router& router) {
  router.add("POST", "/sign-in/ask",
             [this](const HttpRequest& request, const Respond& respond) { ask(request, respond); });
  router.add("GET", "/sign-in/asked", [this](const HttpRequest& request, const Respond& respond) {
    look(request, respond);
  });
  router.add("POST", "/sign-in/asked", [this](const HttpRequest& request, const Respond& respond) {
    go_on(request, respond);
  });
}

void SignInQuestion::ask(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  const auto form = parse_form(request.body);
  const auto visitor = visitor_of(context_, request);
  if (!form || !visitor || !is_meant(request, *visitor)) return respond(not_meant(context_, visit));
  const std::string back = local_path(field(*form, "back"));
  const std::string name = name_in(*form);
  const auto again = [this, visit, back, name, csrf = csrf_of(*visitor), respond](
                         unsigned status, std::string problem) {
    respond(page_answer(
        context_, visit,
        pages::sign_in_page(
            visit.frame,
            {.csrf = csrf, .back = back, .name = name, .name_problem = std::move(problem)}),
        status));
  };
  const std::string asker = asker_of(request.peer);
  if (const auto wait = limit_.wait(asker, request.now.mono))
    return again(429, fmt::format("That was asked from here too often. Try again in {}, or use a "
                                  "code.",
                                  how_long(*wait)));
  limit_.charge(asker, request.now.mono);
  wire::Request question;
  question.mutable_ask_sign_in()->set_nick(name);
  context_.world.ask(question, request.now, [=, this](const wire::Reply& reply) {
    if (!reply.has_sign_in_asked()) {
      auto [status, problem] = why_not(reply.error());
      return again(status, std::move(problem));
    }
    HttpResponse response = go_to(context_, page_for(back));
    response.headers.emplace_back("Set-Cookie",
                                  set_cookie(Cookie::kAsked, context_.sessions.tls(),
                                             reply.sign_in_asked().ticket(), kTicketFor));
    respond(std::move(response));
  });
}

void SignInQuestion::look(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  const auto visitor = visitor_of(context_, request);
  const auto ticket =
      read_cookie(request.header("cookie"), Cookie::kAsked, context_.sessions.tls());
  const std::string back = local_path(request.argument("back"));
  const auto show = [this, visit, back, csrf = visitor ? csrf_of(*visitor) : std::string(),
                     respond](pages::SignInAsked asked) {
    asked.csrf = csrf;
    asked.back = back;
    HttpResponse response;
    if (visit.wants_json) {
      JsonWriter json;
      json.begin_object().key("state").text(name_of(asked.state)).end_object();
      response = {.content_type = std::string(kJson), .body = json.take()};
      response.headers.emplace_back("Cache-Control", "private, no-store");
      add_guards(context_, response);
    } else {
      response = page_answer(context_, visit, pages::sign_in_asked_page(visit.frame, asked));
    }
    response.etag.clear();
    respond(std::move(response));
  };
  if (!visitor || !ticket) return show({});
  wire::Request question;
  question.mutable_check_sign_in()->set_ticket(*ticket);
  context_.world.ask(question, request.now, [=, this](const wire::Reply& reply) {
    if (reply.has_sign_in_asked()) return show(view_of(reply.sign_in_asked()));
    const pages::Problem problem = problem_of(reply.error());
    if (!visit.wants_json) return respond(problem_answer(context_, visit, problem));
    JsonWriter json;
    json.begin_object().key("error").begin_object().key("text").text(problem.text);
    json.end_object().end_object();
    HttpResponse response{.status = static_cast<unsigned>(problem.status),
                          .content_type = std::string(kJson),
                          .body = json.take()};
    add_guards(context_, response);
    respond(std::move(response));
  });
}

void SignInQuestion::go_on(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  const auto form = parse_form(request.body);
  const auto visitor = visitor_of(context_, request);
  if (!form || !visitor || !is_meant(request, *visitor)) return respond(not_meant(context_, visit));
  const auto ticket =
      read_cookie(request.header("cookie"), Cookie::kAsked, context_.sessions.tls());
  const std::string back = local_path(field(*form, "back"));
  const auto show = [this, visit, back, csrf = csrf_of(*visitor),
                     respond](pages::SignInAsked asked) {
    using State = pages::SignInAsked::State;
    asked.csrf = csrf;
    asked.back = back;
    if (asked.state == State::kWaiting)
      asked.problem = "That has not been confirmed yet: answer the question first.";
    const unsigned status = asked.state == State::kRefused ? 403 : 409;
    respond(page_answer(context_, visit, pages::sign_in_asked_page(visit.frame, asked), status));
  };
  if (!ticket) return show({});
  const Entrance entrance = entrance_of(context_, request, back);
  wire::Request question;
  question.mutable_check_sign_in()->set_ticket(*ticket);
  question.mutable_check_sign_in()->set_take(true);
  context_.world.ask(question, request.now, [=, this](const wire::Reply& reply) {
    if (reply.has_sign_in_asked()) return show(view_of(reply.sign_in_asked()));
    if (!reply.has_signed_in())
      return respond(problem_answer(context_, visit, problem_of(reply.error())));
    auto entered = enter(context_, reply.signed_in(), entrance);
    if (!entered)
      return respond(problem_answer(context_, visit, {503, "Not signed in", entered.error().text}));
    respond(std::move(*entered));
  });
}

}  // namespace gateway::web
