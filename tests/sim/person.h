// Person: somebody with a Jabber client who joins, tracks, follows, posts, comes and goes, and
// tries again when told to, or not told anything.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/xmpp_server.h"

namespace tests::sim {

// The few words that simulated people use.
extern const std::vector<std::string> kWords;
// One of them; where there is a crowd, mostly one it listens to.
const std::string& some_word(Stage& stage);

class Person final : private UserClient {
 public:
  // `nicks`: of everybody. The server outlives it.
  Person(Stage& stage, XmppServer& server, std::string nick, const std::vector<std::string>& nicks);

  static std::string address_of(const std::string& nick) { return nick + "@example.org"; }
  // Where they are now.
  const std::string& address() const { return here_; }

  // From now on: there, with delivery on, and saying nothing more.
  void settle();
  bool settled() const { return settled_; }

  // Faults. Wants to take the account to their other address; goes there when told how.
  void move();
  // Comes and goes several times within milliseconds.
  void flap();
  // Says all the time that it is there.
  void insist(Time until);
  // Begins and ends, all at once, subscriptions that catch the same posts.
  void rush(const std::string& word);

 private:
  struct Doing {
    std::string id;
    std::string text;
    bool again = false;  // until it is answered
    Time until;          // patience
  };

  void live();
  void act();
  void come();
  void go_elsewhere(const std::string& text);
  void say(const std::string& text, bool again);
  void say_again();
  void send(const std::string& id, const std::string& text);
  void answered(const std::string& id, bool later);
  void receive(const gateway::xmpp::test::Element& stanza) override;
  void heard(const std::string& answer);
  void got_delivery(RecordId id, const gateway::xmpp::test::Element& stanza);
  void server_gone() override;
  void confirm_late();
  void confirm(const gateway::xmpp::test::Element& stanza, RecordId id);
  std::string some_text();
  std::string somebody_blocked();
  std::string something_muted();

  Stage& stage_;
  XmppServer& server_;
  const std::string nick_;
  const std::string address_;  // the first; what they get is written down under it
  const std::vector<std::string>& nicks_;
  Lifetime lifetime_;

  std::string here_;       // one of their two addresses
  std::string elsewhere_;  // the other
  std::size_t on_at_ = 0;  // of these, while settling: where deliveries are on
  bool joined_ = false;
  bool leaving_ = false;  // asked whether they mean it
  bool settling_ = false;
  bool settled_ = false;
  std::optional<Doing> doing_;
  std::uint64_t said_ = 0;
  Time next_more_{};
  std::vector<std::pair<gateway::xmpp::test::Element, RecordId>> unconfirmed_;  // got, then left
  std::vector<RecordId> posted_;                                                // lately
  std::string blocked_;  // lastly, and not yet unblocked
};

}  // namespace tests::sim
