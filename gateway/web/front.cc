#include "gateway/web/front.h"

#include <utility>

namespace gateway::web {

Front::Front(const PageSettings& settings, std::unique_ptr<FileJournal> journal, World& world,
             std::function<WebsiteNumbers()> website)
    : journal_(std::move(journal)),
      table_(settings.sessions, *journal_),
      sessions_(settings, table_),
      context_{settings, world, sessions_},
      watch_(std::move(website)),
      sign_in_(context_),
      sign_in_question_(context_),
      pages_(context_),
      forms_(context_, pages_),
      takeout_(context_),
      operations_(context_, watch_) {}

bridge::base::Result<std::unique_ptr<Front>> Front::open(const PageSettings& settings,
                                                         const std::string& folder, World& world,
                                                         std::function<WebsiteNumbers()> website,
                                                         bridge::base::WallMs now_ms) {
  auto journal = FileJournal::open(folder + "/sessions");
  if (!journal) return tl::unexpected(journal.error());
  std::unique_ptr<Front> front(new Front(settings, std::move(*journal), world, std::move(website)));
  if (auto loaded = front->table_.load(now_ms); !loaded) return tl::unexpected(loaded.error());
  return front;
}

void Front::add_to(Router& router, bool with_operations) {
  sign_in_.add_to(router);
  sign_in_question_.add_to(router);
  forms_.add_to(router);
  takeout_.add_to(router);
  if (with_operations) operations_.add_to(router);
  pages_.add_to(router);
}

}  // namespace gateway::web
