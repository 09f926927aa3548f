// OperationsRoutes: the operations page, its samples, and the change of a limit. For operators
// only: to everybody else there is no such page.
#pragma once

#include "gateway/web/operations/watch.h"
#include "gateway/web/page_frame.h"
#include "gateway/web/router.h"

namespace gateway::web {

class OperationsRoutes {
 public:
  // Everything must outlive it.
  OperationsRoutes(PageContext context, OperationsWatch& watch)
      : context_(context), watch_(watch) {}

  void add_to(Router& router);

 private:
  void show(const Visit& visit, unsigned status, const Respond& respond);
  void samples(const HttpRequest& request, const Respond& respond);
  void change(const HttpRequest& request, const Respond& respond);
  bool refused(const Visit& visit, const Respond& respond) const;

  PageContext context_;
  OperationsWatch& watch_;
};

}  // namespace gateway::web
