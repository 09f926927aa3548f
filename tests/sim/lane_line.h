// LaneLine: the connection of one client to one lane, as ZeroMQ would have it: it comes up by
// itself, again and again; the bridge knows it by a name that is new each time; what was under way
// when it broke is lost, and neither side is told.
//
// Within a connection ZeroMQ neither loses nor repeats nor reorders anything, and what a client had
// queued for one connection does not go out on the next (ZMQ_IMMEDIATE). Across a reconnect,
// though, what the lane's socket had read from the old connection is handed out beside what comes
// on the new one: some of the old one's last words may arrive after the first of the new one.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "bridge/wire/socket.h"
#include "tests/sim/pipe.h"
#include "tests/sim/stage.h"

namespace tests::sim {

namespace wire = bridge::wire;

// The lane's end.
class LanePort {
 public:
  virtual ~LanePort() = default;
  // False while nobody listens.
  virtual bool connect(const std::string& peer, class LaneLine& line) = 0;
  virtual void disconnect(const std::string& peer) = 0;
  virtual void arrive(const std::string& peer, wire::Message message) = 0;
  // What this process read before the connection ended, and looks at after that time.
  virtual void arrive_late(const std::string& peer, wire::Message message, microseconds after) = 0;
};

class LaneLine {
 public:
  // `readable` is called when something has come for the client. The port outlives it.
  LaneLine(Stage& stage, LanePort& port, std::string name, std::function<void()> readable);
  ~LaneLine();

  // The client's end, as wire::Dealer.
  bool send(const wire::Message& message);
  std::optional<wire::Message> receive();

  // The bridge's end, as wire::Router::send.
  wire::SendOutcome send_to_client(const wire::Message& message);
  // The bridge died; or it ended, and its last words still arrive.
  void bridge_gone(bool last_words);

  // Faults.
  void cut();
  void stall(Time until);
  void flow();
  bool connected() const { return !peer_.empty(); }
  // All that the client has said has arrived.
  bool all_sent() const { return up_.empty(); }
  const std::string& name() const { return name_; }

 private:
  void connect();
  void lost(bool last_words);
  void straggle();

  Stage& stage_;
  LanePort& port_;
  const std::string name_;
  const std::function<void()> readable_;
  Pipe<wire::Message> up_;
  Pipe<wire::Message> down_;
  std::string peer_;  // empty: not connected
  std::uint64_t connections_ = 0;
  std::deque<wire::Message> received_;
  Lifetime lifetime_;
};

}  // namespace tests::sim
