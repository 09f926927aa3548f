// Api: the JSON API and the streams of events. docs/http.md is its manual.
//
//   Api api(site);  api.add_to(router);
//
// Reads are answered from the view, at once, bridge or no bridge; changes go through the site
// (outbox); a few questions about oneself go to the bridge. Who asks comes from Sessions. One
// thread.
#pragma once

#include "gateway/web/api_changes.h"
#include "gateway/web/api_events.h"
#include "gateway/web/api_guard.h"
#include "gateway/web/api_people.h"
#include "gateway/web/api_timelines.h"

namespace gateway::web {

class Api {
 public:
  // The site must outlive it.
  explicit Api(Site& site)
      : guard_(site),
        timelines_(site, guard_),
        people_(site, guard_),
        changes_(site, guard_),
        events_(site) {}

  void add_to(Router& router) {
    timelines_.add_to(router);
    people_.add_to(router);
    changes_.add_to(router);
    events_.add_to(router);
  }

 private:
  ApiGuard guard_;
  TimelineApi timelines_;
  PeopleApi people_;
  ChangeApi changes_;
  EventApi events_;
};

}  // namespace gateway::web
