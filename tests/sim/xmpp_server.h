// XmppServer: an XMPP server as the gateway meets it: it takes the component's stream in order,
// answers pings when their turn has come, hands messages to the clients of its users, and tells the
// component who is there.
//
// What it has taken and not yet written out to a client is gone when it crashes. Messages to
// whoever is offline it keeps, or returns, as it is configured.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridge/backbone/store.h"
#include "gateway/xmpp/component.h"
#include "tests/gateway/xmpp/parsed_xml.h"
#include "tests/sim/pipe.h"
#include "tests/sim/worker.h"

namespace tests::sim {

// What travels on the component's stream.
struct ToServer {
  std::string stanzas;
  gateway::xmpp::BarrierId ping = 0;  // or a ping
};
struct FromServer {
  std::optional<gateway::xmpp::Stanza> stanza;
  gateway::xmpp::BarrierId pong = 0;  // or the answer to a ping; neither: the stream is open
};

// The component's connection, as the server sees it. Owned by the component.
class ComponentStream {
 public:
  virtual ~ComponentStream() = default;
  virtual bool push(FromServer item) = 0;  // false: it takes no more; then it is cut
  virtual void server_gone() = 0;
};

class UserClient {
 public:
  virtual ~UserClient() = default;
  virtual void receive(const gateway::xmpp::test::Element& stanza) = 0;
  virtual void server_gone() = 0;
};

class XmppServer {
 public:
  explicit XmppServer(Stage& stage);

  bool up() const { return up_; }

  // The component's side. A new stream replaces the old one.
  bool open(ComponentStream& stream);
  void closed(ComponentStream& stream);
  void arrive(ComponentStream& stream, ToServer item);

  // The users' side; `show` is dnd or empty.
  void add_user(const std::string& address, UserClient& client);
  bool log_in(const std::string& address, const std::string& show);
  void log_out(const std::string& address);
  bool is_online(const std::string& address) const { return users_.at(address).online; }
  // On its way out to them, or kept for them, at either of their addresses.
  bool has(const std::string& address, bridge::backbone::RecordId id) const;
  // From a client to the component.
  void send(gateway::xmpp::Stanza stanza);

  // Faults.
  void crash();
  void start();
  void pause(Time until) { paused_until_ = until; }
  // What is sent to them comes back though they are there: at once, or after a while.
  void reject(const std::string& address, Time until) { users_.at(address).rejects_until = until; }
  // It comes back at once, and all of it.
  void cut_off(const std::string& address, Time until) { users_.at(address).cut_off_until = until; }
  // A gateway or the bridge has ended in good order, and takes what the server has for arrived.
  void believe();
  // No answer of that kind is on its way any more.
  bool all_answered() const { return stage_.agenda.now() > last_answer_ + milliseconds(1000); }
  // Their client reads nothing.
  void hang(const std::string& address, Time until) { users_.at(address).hangs_until = until; }

 private:
  struct Taken {
    gateway::xmpp::test::Element stanza;
    bool confirmed = false;  // a ping behind it was answered
    bool believed = false;   // and nobody waits for a receipt any more
  };
  struct User {
    UserClient* client = nullptr;
    bool online = false;
    std::string show;
    std::deque<Taken> offline;  // kept for them, on disk
    Time rejects_until{};
    Time cut_off_until{};
    Time hangs_until{};
    Time last_due{};  // of what is on its way out to them
  };
  // On its way out to a client, in the server's memory.
  struct Outgoing {
    Time due;
    std::string address;
    Taken taken;
  };

  std::size_t turn();
  void take(const ToServer& item);
  void route(gateway::xmpp::test::Element stanza);
  void deliver(const std::string& address, Taken taken);
  void bounce(const gateway::xmpp::test::Element& stanza, std::string_view condition);
  void reject(const gateway::xmpp::test::Element& stanza);
  void to_component(FromServer item);
  void presence_of(const std::string& address, const User& user);
  void write_out();

  Stage& stage_;
  bool up_ = true;
  Time paused_until_{};
  Time last_answer_{};  // that comes late
  ComponentStream* stream_ = nullptr;
  std::deque<ToServer> taken_in_;  // read, not looked at yet
  std::map<std::string, User> users_;
  std::deque<Outgoing> outgoing_;  // by when they are due
  Worker worker_;
};

}  // namespace tests::sim
