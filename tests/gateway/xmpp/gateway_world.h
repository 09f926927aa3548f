// A world for the gateway's stories: a fake XMPP stream, an in-memory bridge with a few rules of
// its own, and people who write.
//
//   World world;
//   world.up();
//   world.says("bob@example.org/phone", "join bob");
//   CHECK(world.last_to("bob@example.org/phone").find("Welcome") != npos);
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/client/memory_backbone.h"
#include "gateway/xmpp/gateway.h"

namespace gateway::xmpp {

// Takes down what is sent; answers barriers when the test says so.
class FakeComponent : public Component {
 public:
  bool online() const override { return online_; }
  bool send(std::string_view stanzas) override {
    if (!online_ || full) return false;
    sent.emplace_back(stanzas);
    return true;
  }
  BarrierId barrier(bridge::base::Time) override {
    if (!online_ || no_barriers) return 0;
    barriers.push_back(++last_barrier_);
    return last_barrier_;
  }
  std::size_t bytes_waiting() const override { return 0; }
  std::size_t turn(bridge::base::Time) override { return 0; }

  void set_online(bool online) {
    online_ = online;
    if (!online) barriers.clear();
  }

  std::vector<std::string> sent;
  std::vector<BarrierId> barriers;  // unanswered
  bool full = false;
  bool no_barriers = false;

 private:
  bool online_ = false;
  BarrierId last_barrier_ = 0;
};

class World {
 public:
  explicit World(Settings settings = small_settings());

  static Settings small_settings();

  // Both connections come up.
  void up();
  void xmpp_up();
  void xmpp_down();
  void bridge_down();  // as after a kill: silence, until the session is given up
  void bridge_up();
  void turn();
  void pass(std::chrono::milliseconds time) { now += time; }

  // Stanzas from people; each is followed by a turn.
  void gets(const Stanza& stanza);
  void says(std::string_view from, std::string_view body, std::string_view id = "m1",
            std::string_view to = "lapwing@im.example.org");
  void presence(std::string_view from, std::string_view type = "", std::string_view show = "",
                int priority = 0, std::string_view to = "lapwing@im.example.org");
  // An iq with the id "q1", to be filled in and handed to gets().
  static Stanza iq(std::string_view from, std::string_view type, std::string_view ns,
                   std::string_view node = "", std::string_view to = "lapwing@im.example.org");
  // The server answers so many of the oldest barriers.
  void server_takes(std::size_t barriers = 1);

  // What went out since the last clear(), in one string, and the stanzas with `to` of them.
  std::string out() const;
  std::string to(std::string_view address) const;
  bool heard(std::string_view text) const { return out().find(text) != std::string::npos; }
  void clear() { component.sent.clear(); }

  // The bridge owes this.
  static bridge::wire::Item post(std::uint64_t id, std::string_view author, std::string_view text);
  void deliver(bridge::wire::Item item, std::initializer_list<std::string_view> addresses,
               bridge::wire::Class kind = bridge::wire::FOLLOW, std::string_view phrase = "");

  // Who is available, as the bridge was told.
  bool available(const std::string& address);
  bridge::client::MemoryPeer& peer() { return backbone.peer(); }

  bridge::base::Time now{std::chrono::hours(1)};
  FakeComponent component;
  Gateway gateway;
  bridge::client::MemoryBackbone backbone;

  // The in-memory bridge's state.
  std::vector<bridge::wire::Request> requests;
  std::map<std::string, std::string> members;  // address to nick
  std::set<std::string> confirmed;
  std::map<std::string, std::string> offers;  // of accounts: the new address to the old one
  std::vector<std::string> posts;
  std::vector<std::string> tracks;  // of everybody
  std::vector<std::string> roster;
  bridge::wire::Error refuse_with;  // unless OK: every request is refused so

 private:
  bridge::wire::Reply answer(const bridge::wire::Request& request);
  bridge::wire::Reply publish(const bridge::wire::Request& request);
};

}  // namespace gateway::xmpp
