// SignInQuestion: in by a question in one's chat client (XEP-0070), in place of a code.
//
//   POST /sign-in/ask     a name: the bridge asks whoever has it, and gives this browser a ticket
//   GET  /sign-in/asked   what became of it; with Accept: application/json {"state":"waiting"},
//                         confirmed, refused, over
//   POST /sign-in/asked   goes on: signs in, if it was confirmed
//
// The ticket is a secret that only this browser has, in a cookie that no script and no other site
// can use; the forms carry the visitor's token (sign_in.h). Looking changes nothing: it takes the
// form to be signed in. How often one network may ask is limited here, how often a name may be
// asked for in the bridge. One thread.
#pragma once

#include <string>

#include "gateway/web/page_frame.h"
#include "gateway/web/router.h"
#include "gateway/web/session/sign_in_limit.h"

namespace gateway::web {

class SignInQuestion {
 public:
  // The context's parts must outlive it.
  explicit SignInQuestion(PageContext context) : context_(context) {}

  void add_to(Router& router);

 private:
  void ask(const HttpRequest& request, const Respond& respond);
  void look(const HttpRequest& request, const Respond& respond);
  void go_on(const HttpRequest& request, const Respond& respond);

  PageContext context_;
  SignInLimit limit_;
};

}  // namespace gateway::web
