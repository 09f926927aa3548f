// The bridge's side of the wire protocol for tests: one session, a handler that answers requests,
// and batches that go out under the credit and come again until they are acknowledged.
//
// Used by MemoryBackbone, which moves the messages; knows neither socket nor clock. Not a bridge:
// it keeps no log and judges nobody.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "bridge/client/backbone.h"
#include "bridge/wire/messages.h"
#include "bridge/wire/socket.h"

namespace bridge::client {

class MemoryPeer {
 public:
  using Handler = std::function<wire::Reply(const wire::Request&)>;

  // What the client said, for the test to look at.
  struct Heard {
    std::vector<wire::Nack> nacks;
    std::vector<wire::Receipt> receipts;
    std::vector<wire::Presence::Change> presence;  // of the present session
    std::uint64_t hellos = 0;
    std::uint64_t servers_lost = 0;  // PRESENCE said so
  };

  explicit MemoryPeer(Handler handler) : handler_(std::move(handler)) {}

  wire::Welcome welcome = default_welcome();  // what the next HELLO is answered with

  void receive(const wire::Message& message);
  // Moves what is to go to the client out of here.
  std::vector<wire::Message> take_out();

  // Goes out as soon as the credit covers it, after those before it. Until it is acknowledged it is
  // sent again in every new session.
  void deliver(wire::Batch batch);
  void gap(const wire::Gap& gap) { say(wire::Type::kGap, 0, wire::serialize(gap)); }
  void bye(wire::Bye::Reason reason) { say_bye(reason, epoch_); }
  // As after a restart: the session is forgotten, what it owes is not.
  void forget_session();
  // While held, requests are kept unanswered.
  void hold_replies(bool hold);

  std::size_t waiting() const { return owed_.size() - sent_; }  // for credit, or for a session
  std::size_t unacknowledged() const { return sent_; }
  std::uint64_t acknowledged() const { return acknowledged_; }  // batches, over all sessions
  const Heard& heard() const { return heard_; }

 private:
  static wire::Welcome default_welcome();
  void on_hello(const wire::Message& message);
  void on_ack(std::uint64_t sequence);
  void answer(const wire::Message& message);
  void send_covered();
  void say_bye(wire::Bye::Reason reason, std::uint64_t epoch);
  void say(wire::Type type, std::uint64_t sequence = 0, std::string body = {});

  Handler handler_;
  Heard heard_;
  std::vector<wire::Message> out_;
  std::vector<wire::Message> held_;
  bool holding_ = false;

  std::deque<wire::Batch> owed_;  // the first sent_ of them are on their way
  std::size_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;

  // Of the session.
  std::uint64_t epoch_ = 0;  // 0: none
  std::uint64_t acked_sequence_ = 0;
  wire::Cost credit_;
  wire::Cost charged_;
};

}  // namespace bridge::client
