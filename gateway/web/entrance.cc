#include "gateway/web/entrance.h"

#include <utility>

namespace gateway::web {

Entrance entrance_of(const PageContext& context, const HttpRequest& request, std::string back) {
  return {.old = read_cookie(request.header("cookie"), Cookie::kSession, context.sessions.tls())
                     .value_or(std::string()),
          .agent = browser_of(request.header("user-agent")),
          .back = std::move(back),
          .now_ms = request.now.wall_ms};
}

bridge::base::Result<HttpResponse> enter(const PageContext& context, const wire::SignedIn& who,
                                         const Entrance& entrance) {
  const bool tls = context.sessions.tls();
  if (!entrance.old.empty()) context.sessions.table().end(entrance.old);
  const auto token =
      context.sessions.table().open({who.nick(), who.account(), entrance.agent}, entrance.now_ms);
  if (!token) return tl::unexpected(token.error());
  const auto max_age =
      std::chrono::duration_cast<std::chrono::seconds>(context.settings.sessions.age_max);
  HttpResponse response = go_to(context, entrance.back);
  response.headers.emplace_back("Set-Cookie", set_cookie(Cookie::kSession, tls, *token, max_age));
  for (const Cookie of_visitor : {Cookie::kVisit, Cookie::kAsked})
    response.headers.emplace_back("Set-Cookie", drop_cookie(of_visitor, tls));
  return response;
}

std::optional<std::string> visitor_of(const PageContext& context, const HttpRequest& request) {
  return read_cookie(request.header("cookie"), Cookie::kVisit, context.sessions.tls());
}

HttpResponse not_meant(const PageContext& context, const Visit& visit) {
  return problem_answer(
      context, visit,
      {403, "Try again",
       "That form was too old, or not from this site. Signing in needs cookies: open the page "
       "to sign in again."});
}

std::string how_long(std::chrono::milliseconds wait) {
  return pages::duration(std::chrono::ceil<std::chrono::seconds>(wait).count());
}

}  // namespace gateway::web
