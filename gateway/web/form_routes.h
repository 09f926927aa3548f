// FormRoutes: what the pages' forms do: post, delete, correct, fav, unfav, follow, leave, track,
// untrack, delivery.
//
// A form is believed if it carries its session's token (browser_sessions.h). Afterwards the browser
// is sent back to where the form was (303), so that reloading repeats nothing; what was refused is
// shown with what was written, so that nobody has to write it twice. With `Accept:
// application/json` /post answers {"state":"done|waiting","id":N,"next_client_id":"…"} or
// {"error":{"text":"…"}} for the pages' script.
#pragma once

#include <string>
#include <string_view>

#include "gateway/web/changes.h"
#include "gateway/web/page_routes.h"

namespace gateway::web {

class FormRoutes {
 public:
  // Everything must outlive it.
  FormRoutes(PageContext context, PageRoutes& pages) : context_(context), pages_(pages) {}

  void add_to(Router& router);

 private:
  // A believed form of somebody who has signed in.
  struct Form {
    Visit visit;
    Fields fields;
    std::string back;
    std::string_view get(std::string_view name) const { return field(fields, name); }
  };
  using OnForm = std::function<void(const Form&, const Respond&)>;

  void add(Router& router, std::string_view path, OnForm on_form);
  void post(const Form& form, const Respond& respond);
  // What is refused is shown with the post, and with what was written.
  void change_post(const PostChange& what, const Form& form, const Respond& respond);
  // Says that it is `done`, or that it waits, and goes back.
  void went_well(const Form& form, const Outcome& outcome, const std::string& done,
                 const Respond& respond);
  // Does it, and goes back.
  void act(const Form& form, const wire::Request& request, const std::string& done,
           const Respond& respond);

  PageContext context_;
  PageRoutes& pages_;
};

}  // namespace gateway::web
