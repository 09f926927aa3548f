// SignIn: in with a one-time code from chat, out again, and the sessions of a person.
//
// The form's token is made from a cookie of the visitor's own, so that nobody can be signed in by a
// form of another site; signing in makes a new session, whatever cookie was there before. Wrong
// codes from one network are limited (session/sign_in_limit.h). One thread.
#pragma once

#include <string>

#include "gateway/web/page_frame.h"
#include "gateway/web/router.h"
#include "gateway/web/session/sign_in_limit.h"

namespace gateway::web {

class SignIn {
 public:
  // The context's parts must outlive it.
  explicit SignIn(PageContext context) : context_(context) {}

  void add_to(Router& router);

 private:
  void show(const HttpRequest& request, const Respond& respond);
  void redeem(const HttpRequest& request, const Respond& respond);
  void sign_out(const HttpRequest& request, const Respond& respond);
  void end_session(const HttpRequest& request, const Respond& respond);

  PageContext context_;
  SignInLimit limit_;
};

}  // namespace gateway::web
