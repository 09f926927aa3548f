// Site: the website without its sockets. Hears the bridge, keeps the view, sends changes.
//
//   Site site(settings, sessions, outbox store);  site.attach(backbone);  Api(site).add_to(router);
//   loop: site.turn(now);
//
// It follows the `public` feed under credit from where its view ends. It knows neither HTTP's bytes
// nor ZeroMQ; time is an argument. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/client/backbone.h"
#include "gateway/web/asker.h"
#include "gateway/web/live.h"
#include "gateway/web/outbox.h"
#include "gateway/web/sessions.h"
#include "gateway/web/view.h"
#include "throttle/policy.h"

namespace gateway::web {

struct SiteSettings {
  ViewSettings view;
  OutboxSettings outbox;
  LiveSettings live;
  // Changes of one person, of any kind.
  throttle::Policy changes = throttle::Policy::parse("5/1s burst 60").value();
  // Requests of one address.
  throttle::Policy requests = throttle::Policy::parse("100/1s burst 400").value();
  std::size_t limit_keys = 100'000;
  std::size_t text_bytes_max = 2'000;  // of a post; the bridge has the last word
  // Credit for the feed: what the bridge may send ahead.
  std::uint64_t credit_posts = 2'000;
  std::uint64_t credit_bytes = 4 << 20;
};

// As the bridge tells of it.
Post post_of(const wire::Item& item);

class Site : public bridge::client::Listener {
 public:
  // Both must outlive it.
  Site(const SiteSettings& settings, Sessions& sessions, OutboxStore& store);

  // Called with the nick of an account that is gone, for good.
  void on_erased(std::function<void(const std::string&)> then) { on_erased_ = std::move(then); }
  // With the name that is theirs no more.
  void on_renamed(std::function<void(const std::string&)> then) { on_renamed_ = std::move(then); }
  // Before the first turn; it must outlive the site.
  void attach(bridge::client::Backbone& backbone);

  const SiteSettings& settings() const { return settings_; }
  Sessions& sessions() { return sessions_; }
  View& view() { return view_; }
  const View& view() const { return view_; }
  Outbox& outbox() { return outbox_; }
  const Outbox& outbox() const { return outbox_; }
  Live& live() { return live_; }
  const Live& live() const { return live_; }
  Asker& asker() { return asker_; }
  const Asker& asker() const { return asker_; }

  // Whether the view is current: the bridge is there and the feed has caught up once.
  bool live_now() const { return live_now_; }

  // A change by this person, made or kept until the bridge is back. Follows take effect in the view
  // as soon as they are kept; a post is changed there once the bridge has changed it.
  void act(const std::string& nick, const wire::Request& request, const bridge::base::Now& now,
           Outbox::Then then);
  // Once it is known whom they follow, or cannot be known now. Asked once for many.
  void with_follows(const std::string& nick, const bridge::base::Now& now,
                    std::function<void()> then);
  // What every bridge would refuse, told at once.
  bridge::base::Result<void> check_post(const wire::Publish& publish) const;
  // Likewise of a correction or retraction: that it is of their own post, if the view knows.
  bridge::base::Result<void> check_change(const std::string& nick,
                                          const wire::Request& request) const;

  // Returns how much it did.
  std::size_t turn(const bridge::base::Now& now);

  void note_limited() { ++limited_; }
  std::uint64_t limited() const { return limited_; }
  std::uint64_t gaps() const { return gaps_; }
  std::uint64_t feed_posts() const { return feed_posts_; }
  std::uint64_t feed_changes() const { return feed_changes_; }

  // Listener
  void on_connected(const wire::Welcome& welcome) override;
  void on_lost(std::string_view reason) override;
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t sequence, const wire::Batch& batch) override;
  void on_gap(const wire::Gap& gap) override;

 private:
  void subscribe(std::uint64_t head);
  void on_subscribed(std::uint64_t head, std::uint64_t wanted, const wire::Reply& reply);
  bridge::base::Result<void> check_words(const std::string& text) const;
  void take(const wire::Item& item);
  void retract(std::uint64_t id);
  void hide(const std::string& author);
  void correct(std::uint64_t id, const std::string& text);
  // What the bridge has done need not wait for the feed to say so.
  void apply(const wire::Request& request, const Sent& sent);
  void apply_follow(const std::string& nick, const wire::Request& request, bool undo);
  void ask_follows(const std::string& nick, std::uint64_t after, std::vector<std::string> follows,
                   bridge::base::Time now);
  void answer_follows(const std::string& nick);
  void set_live(bool live);

  const SiteSettings settings_;
  Sessions& sessions_;
  View view_;
  Asker asker_;
  Outbox outbox_;
  Live live_;
  std::function<void(const std::string&)> on_erased_;
  std::function<void(const std::string&)> on_renamed_;
  bridge::client::Backbone* backbone_ = nullptr;
  bridge::base::Now now_;
  std::uint64_t head_at_start_ = 0;  // of the session: once the feed is there, the view is current
  bool subscribed_ = false;
  bridge::base::Time last_feed_{};  // when something last came of it
  bool live_now_ = false;
  // A list of follows that is being asked for, page by page.
  struct FollowsAsked {
    std::vector<std::function<void()>> waiting = {};
    bool outdated = false;  // somebody in it changed since: it is asked for anew
  };
  std::unordered_map<std::string, FollowsAsked> follows_asked_;  // by folded nick
  std::uint64_t limited_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t feed_posts_ = 0;
  std::uint64_t feed_changes_ = 0;
};

}  // namespace gateway::web
