// PageRoutes: the pages that only show something: timelines, profiles, threads, tracks, people,
// settings, and the files they use.
#pragma once

#include "gateway/web/page_frame.h"
#include "gateway/web/router.h"

namespace gateway::web {

class PageRoutes {
 public:
  // The context's parts must outlive it.
  explicit PageRoutes(PageContext context) : context_(context) {}

  void add_to(Router& router);

  // The page that a form came from, again, with what could not be done.
  HttpResponse home_again(const Visit& visit, const std::string& draft, unsigned status);
  void thread_again(const Visit& visit, std::uint64_t id, const std::string& correction,
                    unsigned status, const Respond& respond);
  void settings_again(const Visit& visit, std::string_view page, const std::string& draft,
                      unsigned status, const Respond& respond);

 private:
  void timeline(const Selection& selection, const HttpRequest& request, const Respond& respond);
  void front_page(const Visit& visit, const Respond& respond);
  HttpResponse timeline_of(const Visit& visit, const Selection& selection, std::uint64_t before);
  void profile(const std::string& nick, const HttpRequest& request, const Respond& respond);
  void thread(const HttpRequest& request, const Respond& respond);
  void favourites(const HttpRequest& request, const Respond& respond);
  void settings(std::string_view page, const HttpRequest& request, const Respond& respond);
  void asset(const HttpRequest& request, const Respond& respond);
  void not_here(const HttpRequest& request, const Respond& respond);

  // What most visitors see: the newest posts, as a stranger sees them, kept until they change.
  struct Kept {
    std::uint64_t version = 0;
    SharedText body;
    std::string etag;
  };

  PageContext context_;
  Kept front_page_;
};

}  // namespace gateway::web
