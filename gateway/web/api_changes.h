// ChangeApi: posts, and all the changes that forms make too (changes.h). Done by the bridge, or
// kept until it is back. One thread.
#pragma once

#include "gateway/web/api_guard.h"
#include "gateway/web/changes.h"
#include "gateway/web/router.h"
#include "gateway/web/site.h"

namespace gateway::web {

class ChangeApi {
 public:
  // Both must outlive it.
  ChangeApi(Site& site, ApiGuard& guard) : site_(site), guard_(guard) {}
  void add_to(Router& router);

 private:
  void publish(const Fields& fields, const HttpRequest& request, const Respond& respond,
               const Visitor& visitor);
  void change_post(const PostChange& what, const Fields& fields, const HttpRequest& request,
                   const Respond& respond, const Visitor& visitor);
  void change_text(const TextChange& what, const Fields& fields, const HttpRequest& request,
                   const Respond& respond, const Visitor& visitor);
  void change(const HttpRequest& request, const Respond& respond, const Visitor& visitor,
              wire::Request wanted);

  Site& site_;
  ApiGuard& guard_;
};

}  // namespace gateway::web
