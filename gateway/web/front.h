// Front: everything that people see of the site, put together: sessions, pages, forms.
//
//   auto front = Front::open(settings, folder, world, now_ms);
//   first_of.add((*front)->sessions());   (*front)->add_to(router);   // after the API's routes
//
// One thread.
#pragma once

#include <memory>
#include <string>

#include "gateway/web/form_routes.h"
#include "gateway/web/session/file_journal.h"
#include "gateway/web/sign_in.h"

namespace gateway::web {

class Front {
 public:
  // The sessions are in the folder, which must be there. The settings and the world must outlive
  // it.
  static bridge::base::Result<std::unique_ptr<Front>> open(const PageSettings& settings,
                                                           const std::string& folder, World& world,
                                                           bridge::base::WallMs now_ms);

  BrowserSessions& sessions() { return sessions_; }
  // The pages take whatever path is left.
  void add_to(Router& router);

 private:
  Front(const PageSettings& settings, std::unique_ptr<FileJournal> journal, World& world);

  std::unique_ptr<FileJournal> journal_;
  SessionTable table_;
  BrowserSessions sessions_;
  PageContext context_;
  SignIn sign_in_;
  PageRoutes pages_;
  FormRoutes forms_;
};

}  // namespace gateway::web
