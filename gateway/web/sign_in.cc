#include "gateway/web/sign_in.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/base/secret.h"
#include "gateway/web/doorman.h"
#include "gateway/web/entrance.h"
#include "gateway/web/target.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kVisitFor = 1h;
constexpr std::size_t kCodeBytesMax = 40;

}  // namespace

void SignIn::add_to(Router& router) {
  router.add("GET", "/sign-in", [this](const HttpRequest& request, const Respond& respond) {
    show(request, respond);
  });
  router.add("POST", "/sign-in", [this](const HttpRequest& request, const Respond& respond) {
    redeem(request, respond);
  });
  router.add("POST", "/sign-out", [this](const HttpRequest& request, const Respond& respond) {
    sign_out(request, respond);
  });
  router.add("POST", "/sessions/end", [this](const HttpRequest& request, const Respond& respond) {
    end_session(request, respond);
  });
}

void SignIn::show(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  // A code is somebody's, and may be another's than the session: nobody is sent on with it unasked.
  if (visit.known && request.argument("code").empty())
    return respond(go_to(context_, request.argument("back")));
  const bool tls = context_.sessions.tls();
  const auto known = visitor_of(context_, request);
  const std::string token = known ? *known : bridge::base::random_token(16);
  HttpResponse response = page_answer(
      context_, visit,
      pages::sign_in_page(
          visit.frame, {.csrf = csrf_of(token),
                        .back = local_path(request.argument("back")),
                        .code = std::string(request.argument("code").substr(0, kCodeBytesMax))}));
  response.etag.clear();
  response.headers.emplace_back("Set-Cookie", set_cookie(Cookie::kVisit, tls, token, kVisitFor));
  respond(std::move(response));
}

void SignIn::redeem(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  const auto form = parse_form(request.body);
  const auto visitor = visitor_of(context_, request);
  if (!form || !visitor || !is_meant(request, *visitor)) return respond(not_meant(context_, visit));
  const std::string back = local_path(field(*form, "back"));
  const auto again = [this, visit, back, csrf = csrf_of(*visitor), respond](unsigned status,
                                                                            std::string problem) {
    respond(
        page_answer(context_, visit,
                    pages::sign_in_page(
                        visit.frame, {.csrf = csrf, .back = back, .problem = std::move(problem)}),
                    status));
  };
  const std::string asker = asker_of(request.peer);
  const std::string code(field(*form, "code").substr(0, kCodeBytesMax));
  if (const auto wait = limit_.wait(asker, request.now.mono))
    return again(429, fmt::format("That were too many wrong codes from here. Try again in {}.",
                                  how_long(*wait)));
  const Entrance entrance = entrance_of(context_, request, back);
  const bridge::base::Now now = request.now;
  wire::Request ask;
  ask.mutable_redeem_code()->set_code(code);
  context_.world.ask(ask, now, [=, this](const wire::Reply& reply) {
    if (!reply.has_signed_in()) {
      const wire::Error& error = reply.error();
      if (error.code() == wire::UNKNOWN || error.code() == wire::BAD_REQUEST) {
        limit_.charge(asker, now.mono);
        return again(422, error.text());
      }
      if (error.code() == wire::UNAVAILABLE) return again(503, std::string(kBackboneAway));
      return again(429, error.text());
    }
    auto entered = enter(context_, reply.signed_in(), entrance);
    if (!entered) return again(503, entered.error().text);
    respond(std::move(*entered));
  });
}

void SignIn::sign_out(const HttpRequest& request, const Respond& respond) {
  const auto known = context_.sessions.known(request);
  if (known && !known->may_change)
    return respond(problem_answer(context_, visit_of(context_, request),
                                  {403, "Not from here", "That form was not from this site."}));
  if (known) context_.sessions.table().end(known->token);
  HttpResponse response = go_to(context_, "/public");
  response.headers.emplace_back("Set-Cookie",
                                drop_cookie(Cookie::kSession, context_.sessions.tls()));
  respond(std::move(response));
}

void SignIn::end_session(const HttpRequest& request, const Respond& respond) {
  const auto known = context_.sessions.known(request);
  const auto form = parse_form(request.body);
  if (!known || !known->may_change || !form)
    return respond(
        problem_answer(context_, visit_of(context_, request),
                       {known ? 403 : 401, "Not from here",
                        "That form was not from this site, or you are not signed in any more."}));
  const std::string_view which = field(*form, "session");
  SessionTable& table = context_.sessions.table();
  if (which == "all")
    table.end_all_of(known->nick);
  else
    table.end_of(known->nick, which);
  const bool still_in = table.find(known->token, request.now.wall_ms) != nullptr;
  HttpResponse response = go_to(context_, still_in ? "/settings" : "/public");
  if (!still_in)
    response.headers.emplace_back("Set-Cookie",
                                  drop_cookie(Cookie::kSession, context_.sessions.tls()));
  respond(std::move(response));
}

}  // namespace gateway::web
