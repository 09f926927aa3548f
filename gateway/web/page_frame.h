// PageFrame: from a request to what is around its page, and from a page to its answer. Shared by
// the routes of people (page_routes, form_routes, sign_in, operations_routes).
#pragma once

#include <optional>
#include <string>

#include "gateway/web/browser_sessions.h"
#include "gateway/web/http.h"
#include "gateway/web/pages/pages.h"
#include "gateway/web/target.h"
#include "gateway/web/world.h"

namespace gateway::web {

struct PageContext {
  const PageSettings& settings;
  World& world;
  BrowserSessions& sessions;
};

// What a handler keeps of its request when it answers later.
struct Visit {
  pages::Frame frame;
  std::optional<BrowserSessions::Known> known;
  bool wants_json = false;
  bridge::base::Now now;

  const std::string& nick() const { return known->nick; }
};

Visit visit_of(PageContext& context, const HttpRequest& request);

// A page, with the headers that guard it. What is for one person only is kept by nobody; what is
// for everybody has an etag.
HttpResponse page_answer(const PageContext& context, const Visit& visit, std::string html,
                         unsigned status = 200);
HttpResponse problem_answer(const PageContext& context, const Visit& visit,
                            const pages::Problem& problem);
// To another page of this site, whatever `path` says.
HttpResponse go_to(const PageContext& context, std::string_view path);
void add_guards(const PageContext& context, HttpResponse& response);

}  // namespace gateway::web
