// What is around every page, and the small parts that several pages share. For the .cc files of
// this folder only.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/web/pages/html.h"
#include "gateway/web/pages/pages.h"
#include "gateway/web/pages/views.h"

namespace gateway::web::pages {

struct Head {
  std::string title;
  std::string_view current;      // the path of the navigation's entry that is this page
  std::string_view script = {};  // a further one
  std::string_view page = {};    // a class of <body>
  std::string reload = {};       // without scripts: "5; url=/path", a page that comes then
};

void begin_page(Html& html, const Frame& frame, const Head& head);
void end_page(Html& html, const Frame& frame);

template <std::invocable<Html&> Main>
std::string page(const Frame& frame, const Head& head, Main main) {
  Html html;
  begin_page(html, frame, head);
  main(html);
  end_page(html, frame);
  return std::move(html).take();
}

// <time> with the moment in UTC: "26 Nov 2026, 08:44 UTC".
void moment(Html& html, std::int64_t unix_ms);
std::string iso_time(std::int64_t unix_ms);
// "26 November 2026"
std::string long_date(std::int64_t unix_ms);
// "1 post", "1,234 posts".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

// A form that changes something: its token, and where to come back to.
template <std::invocable Body>
void form(Html& html, const Frame& frame, std::string_view action, std::string_view css,
          Body body) {
  html.in("form", {{"method", "post"}, {"action", action}, {"class", css}}, [&] {
    html.empty("input", {{"type", "hidden"}, {"name", "csrf"}, {"value", frame.viewer->csrf}});
    html.empty("input", {{"type", "hidden"}, {"name", "back"}, {"value", frame.path}});
    body();
  });
}

// The avatar: a letter on one of eight colours that the nick decides.
void avatar(Html& html, std::string_view nick, bool large = false);

}  // namespace gateway::web::pages
