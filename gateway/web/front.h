// Front: everything that people see of the site, put together: sessions, pages, forms, and for
// operators the operations page.
//
//   auto front = Front::open(settings, folder, world, website_numbers, now);
//   first_of.add((*front)->sessions());   (*front)->add_to(router);   // after the API's routes
//   (*front)->operations()…               // attach a backbone on the lane admin, turn it
//
// One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/web/form_routes.h"
#include "gateway/web/operations_routes.h"
#include "gateway/web/session/file_journal.h"
#include "gateway/web/sign_in.h"
#include "gateway/web/sign_in_question.h"
#include "gateway/web/takeout.h"

namespace gateway::web {

class Front {
 public:
  // The sessions are in the folder, which must be there. The settings and the world must outlive
  // it.
  static bridge::base::Result<std::unique_ptr<Front>> open(const PageSettings& settings,
                                                           const std::string& folder, World& world,
                                                           std::function<WebsiteNumbers()> website,
                                                           bridge::base::WallMs now_ms);

  BrowserSessions& sessions() { return sessions_; }
  OperationsWatch& operations() { return watch_; }
  // Returns how much it did.
  std::size_t turn(bridge::base::Now now) { return takeout_.turn(now); }
  // `with_operations`: there is a connection on the lane admin. The pages take whatever path is
  // left.
  void add_to(Router& router, bool with_operations);

 private:
  Front(const PageSettings& settings, std::unique_ptr<FileJournal> journal, World& world,
        std::function<WebsiteNumbers()> website);

  std::unique_ptr<FileJournal> journal_;
  SessionTable table_;
  BrowserSessions sessions_;
  PageContext context_;
  OperationsWatch watch_;
  SignIn sign_in_;
  SignInQuestion sign_in_question_;
  PageRoutes pages_;
  FormRoutes forms_;
  Takeout takeout_;
  OperationsRoutes operations_;
};

}  // namespace gateway::web
