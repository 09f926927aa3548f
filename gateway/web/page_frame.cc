#include "gateway/web/page_frame.h"

#include <utility>

#include "bridge/base/secret.h"

namespace gateway::web {

Visit visit_of(PageContext& context, const HttpRequest& request) {
  Visit visit;
  visit.known = context.sessions.known(request);
  visit.now = request.now;
  visit.wants_json = request.header("accept") == kJson;
  pages::Frame& frame = visit.frame;
  frame.standing = context.world.standing(request.now);
  frame.path = request.method == "GET" ? local_path(request.target) : "/";
  frame.site = context.settings.name;
  frame.bot = context.settings.bot;
  if (!visit.known) return visit;
  frame.viewer =
      pages::Viewer{.nick = visit.known->nick,
                    .csrf = csrf_of(visit.known->token),
                    .is_operator = visit.known->is_operator && context.settings.with_operations};
  frame.compose_id = bridge::base::random_token(16);
  if (!visit.wants_json) frame.notice = context.sessions.take_notice(visit.known->token);
  return visit;
}

void add_guards(const PageContext& context, HttpResponse& response) {
  for (const auto& [name, value] : security_headers(context.sessions.tls()))
    response.headers.emplace_back(name, value);
}

HttpResponse page_answer(const PageContext& context, const Visit& visit, std::string html,
                         unsigned status) {
  HttpResponse response{
      .status = status, .content_type = std::string(kHtml), .body = std::move(html)};
  const bool for_everybody = !visit.known && status == 200;
  response.headers.emplace_back("Cache-Control", for_everybody ? "no-cache" : "private, no-store");
  response.headers.emplace_back("Vary", "Cookie");
  if (for_everybody)
    response.etag =
        '"' + bridge::base::hex(bridge::base::digest_of(response.body)).substr(0, 24) + '"';
  add_guards(context, response);
  return response;
}

HttpResponse problem_answer(const PageContext& context, const Visit& visit,
                            const pages::Problem& problem) {
  return page_answer(context, visit, pages::problem_page(visit.frame, problem),
                     static_cast<unsigned>(problem.status));
}

HttpResponse go_to(const PageContext& context, std::string_view path) {
  HttpResponse response = redirect(local_path(path));
  add_guards(context, response);
  return response;
}

}  // namespace gateway::web
