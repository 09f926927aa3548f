// Connection: one bridge, asked one thing at a time, for the commands that want an answer and no
// more.
//
//   auto connection = Connection::open(access);
//   auto reply = connection->ask(request);      // an error reply comes back as an Error
//
// Blocks the calling thread up to the time-out. It repeats what a break or a limit came between, so
// ask only what may be asked twice (every request with a client id, and every question).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "bridge/base/result.h"
#include "bridge/client/zmq_backbone.h"
#include "bridge/wire/socket.h"

namespace bridge::ctl {

// Where the bridge is and how to get in, as the command line says.
struct Access {
  std::string endpoint = "ipc:///run/lapwing/admin";
  std::string keys_file;   // our secret key, a line of 40 characters; empty: without CURVE
  std::string server_key;  // the bridge's public key, or the name of a file that holds it
  std::string client;      // the session's name; empty: one that nobody else has
  double timeout_s = 5;    // how long to wait for the bridge
};

// What the client layer needs; kBadRequest when a key file cannot be used.
base::Result<client::ZmqBackboneOptions> client_options(const Access& access);

// The sentence for a bridge that does not answer, with what to do about it.
base::Error unreachable(const Access& access, const std::string& trouble);

// What to do about an answer of the kind "try again": for requests that may not be made twice, pass
// it on.
enum class Repeat { kYes, kNo };

class Connection : private client::Listener {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const Access& access);

  base::Result<wire::Reply> ask(const wire::Request& request, Repeat repeat = Repeat::kYes);

 private:
  explicit Connection(Access access) : access_(std::move(access)) {}

  void on_connected(const wire::Welcome&) override {}
  void on_lost(std::string_view) override {}
  void on_reply(client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t, const wire::Batch&) override {}
  void on_gap(const wire::Gap&) override {}

  std::chrono::milliseconds left() const;
  bool wait_connected();
  std::optional<wire::Reply> ask_once(const wire::Request& request);

  const Access access_;
  wire::Context context_;
  base::Time deadline_;
  std::unordered_map<client::RequestId, std::optional<wire::Reply>> waiting_;
  std::optional<client::ZmqBackbone> backbone_;  // last: it speaks to the others until it is gone
};

}  // namespace bridge::ctl
