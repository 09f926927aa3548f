// SiteWorld: the pages' World over the site's own view, outbox and connection.
//
// The view answers for posts, the outbox takes changes; what either does not know is asked of the
// bridge. A tag's page looks at the newest kTagLooks posts of the view. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/web/site.h"
#include "gateway/web/world.h"

namespace gateway::web {

class SiteWorld final : public World {
 public:
  static constexpr std::size_t kPostsPerPage = 30;
  static constexpr std::size_t kTagLooks = 5'000;
  static constexpr std::size_t kRepliesMax = 200;

  // The site must outlive it.
  explicit SiteWorld(Site& site) : site_(site), view_(site.view()) {}

  std::uint64_t version() const override { return view_.version(); }
  pages::Standing standing(bridge::base::Now now) const override;
  Excerpt select(const Selection& selection, std::uint64_t before,
                 std::string_view viewer) const override;
  void learn(std::string_view nick, bridge::base::Now now, std::function<void()> then) override {
    site_.with_follows(std::string(nick), now, std::move(then));
  }
  bool follows(std::string_view nick, std::string_view other) const override {
    return view_.follows(nick, other);
  }
  std::optional<pages::Thread> thread(std::uint64_t id, std::string_view viewer) const override;
  std::vector<pages::WaitingPost> waiting(std::string_view nick) const override;
  pages::Powers powers() const override { return {.reply = true, .remove = true}; }
  void act(const wire::Request& request, bridge::base::Now now,
           std::function<void(const Outcome&)> then) override;
  void ask(const wire::Request& request, bridge::base::Now now,
           std::function<void(const wire::Reply&)> then) override;

 private:
  Page page_of(const Selection& selection, std::uint64_t before) const;
  Page with_tag(std::string_view tag, std::uint64_t before) const;
  pages::Post shown(const Post& post) const;

  Site& site_;
  const View& view_;
};

}  // namespace gateway::web
