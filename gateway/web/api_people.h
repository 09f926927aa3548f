// PeopleApi: a person's profile, and what concerns oneself: tracks, favourites, what waits. Most of
// it is asked of the bridge. One thread.
#pragma once

#include "gateway/web/api_guard.h"
#include "gateway/web/router.h"
#include "gateway/web/site.h"

namespace gateway::web {

class PeopleApi {
 public:
  // Both must outlive it.
  PeopleApi(Site& site, ApiGuard& guard) : site_(site), guard_(guard) {}
  void add_to(Router& router);

 private:
  void person(const HttpRequest& request, const Respond& respond);
  void me(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void phrases(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void favourites(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void waiting(const Respond& respond, const Visitor& visitor);

  Site& site_;
  ApiGuard& guard_;
};

}  // namespace gateway::web
