// EventApi: streams of events. One thread.
#pragma once

#include "gateway/web/router.h"
#include "gateway/web/site.h"

namespace gateway::web {

class EventApi {
 public:
  // The site must outlive it.
  explicit EventApi(Site& site) : site_(site) {}
  void add_to(Router& router);

 private:
  void events(const HttpRequest& request, const Respond& respond);

  Site& site_;
};

}  // namespace gateway::web
