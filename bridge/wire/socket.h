// The one adapter over ZeroMQ: a ROUTER for lanes, a DEALER for clients, a poller over both and
// over plain file descriptors, CURVE with ZAP. No other file includes zmq.hpp.
//
// A Context is made once per process (several crash on termination with CURVE in libzmq 4.3.4) and
// outlives everything made from it. A socket belongs to the thread that uses it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/result.h"
#include "bridge/wire/header.h"

namespace bridge::wire {

// A CURVE key pair in Z85 text, 40 characters each.
struct KeyPair {
  std::string public_key;
  std::string secret_key;
};
KeyPair generate_keys();
// The pair that belongs to a secret key; kBadRequest when it is not 40 characters of Z85.
base::Result<KeyPair> keys_from_secret(std::string_view secret_key);

// A message as the layers above see it. `body` may be empty.
struct Message {
  Header header;
  std::string body;
};

class Context {
 public:
  // One I/O thread per lane keeps the lanes apart (see SocketOptions::io_thread).
  explicit Context(int io_threads = 1);
  ~Context();
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// What came in on a Router.
struct Received {
  std::string peer;                // routing id, opaque bytes, valid until that peer is gone
  std::string user;                // the public key (Z85) of a CURVE client, empty otherwise
  std::span<const std::byte> raw;  // only until the next receive: for tests of bad frames
  base::Result<Message> message;   // an error: wrong frame count, size or header
};

struct RouterOptions {
  std::string endpoint = {};  // tcp://127.0.0.1:7601 or ipc:///run/lapwing/im
  int io_thread = 0;          // index of the I/O thread this socket's connections use
  int ipc_mode = 0600;        // permission of an ipc socket file
  // With keys the socket speaks CURVE, whatever the transport. Required on tcp unless the address
  // is loopback and `plain_tcp` is set.
  std::optional<KeyPair> server_keys = {};
  std::vector<std::string> client_keys =
      {};                  // public keys that may connect; others fail the handshake
  bool plain_tcp = false;  // loopback without keys: tests and one-person machines
};

enum class SendOutcome { kSent, kFull, kGone };

class Router {
 public:
  // Binds ipc under a process-wide creation mask: call it before other threads create files.
  // Refuses an ipc path on which another process listens; removes one that a dead process left.
  static base::Result<Router> bind(Context& context, const RouterOptions& options);
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // With a `tcp://…:*` endpoint: the port that was chosen.
  const std::string& endpoint() const;
  // Never blocks; nullopt when nothing is waiting.
  std::optional<Received> receive();
  // Never blocks. kFull: try later; kGone: this peer is not there (any more). kSent is no promise
  // of arrival. A body over kBodyBytesMax is a bug of the caller and ends the process.
  SendOutcome send(std::string_view peer, const Header& header, std::string_view body);

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Router(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct DealerOptions {
  std::string endpoint;
  std::optional<KeyPair> client_keys = {};
  std::string server_key = {};  // Z85; empty: plain, for ipc and loopback only
};

class Dealer {
 public:
  // Connects in the background and for ever after; an error is a matter of configuration only.
  static base::Result<Dealer> connect(Context& context, const DealerOptions& options);
  ~Dealer();
  Dealer(Dealer&&) noexcept;
  Dealer& operator=(Dealer&&) noexcept;

  std::optional<base::Result<Message>> receive();
  // False when the outgoing queue is full or nobody is there.
  bool send(const Header& header, std::string_view body);

  // For an owner with a loop of its own: readable when something may have come. Then receive until
  // there is nothing, and again after sending, or it may stay silent about what came meanwhile.
  int fd() const;

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Dealer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Waits for any of a fixed set of sockets and descriptors.
class Poller {
 public:
  Poller();
  ~Poller();

  // The returned slot is what ready() is asked about. References must outlive the poller.
  std::size_t add(Router& router);
  std::size_t add(Dealer& dealer);
  std::size_t add_fd(int fd, bool writable = false);
  // Changes what a descriptor slot watches; fd -1 watches nothing.
  void set_fd(std::size_t slot, int fd, bool readable, bool writable);

  // Returns after `timeout`, or earlier when something is ready or a signal arrived.
  void wait(std::chrono::milliseconds timeout);
  bool readable(std::size_t slot) const;
  bool writable(std::size_t slot) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::wire
