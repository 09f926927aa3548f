#include "bridge/wire/socket.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>
#include <zmq.hpp>

#include "bridge/wire/endpoint.h"
#include "bridge/wire/keyring.h"

namespace bridge::wire {

namespace {

constexpr std::size_t kKeyText = 40;   // Z85 characters
constexpr std::size_t kKeyBytes = 32;  // the same, raw

// The credit window bounds what is under way; these only have to be out of its way. At the bound a
// router says kFull and a dealer's send says false; an inbound queue stops reading the connection.
constexpr int kRouterSendQueue = 100'000;
constexpr int kRouterReceiveQueue = 2'048;
constexpr int kDealerSendQueue = 16'384;
constexpr int kDealerReceiveQueue = 0;  // no bound here: the credit is the bound
// A BYE still goes out when a socket is closed, and a dead peer delays the end by no more than
// this.
constexpr int kLingerMs = 100;
constexpr int kHandshakeMs = 10'000;
constexpr int kReconnectMs = 100;
constexpr int kReconnectMsMax = 5'000;
// A dead network path is noticed by TCP within about this time even if nothing is sent.
constexpr int kKeepaliveIdleS = 10;
constexpr int kKeepaliveIntervalS = 5;
constexpr int kKeepaliveCount = 3;
constexpr int kUnsentMsMax = 15'000;

tl::unexpected<base::Error> refuse(std::string text) {
  return base::fail(base::ErrorCode::kBadRequest, std::move(text));
}

std::string z85(const std::array<std::uint8_t, kKeyBytes>& raw) {
  std::array<char, kKeyText + 1> text{};
  zmq_z85_encode(text.data(), raw.data(), raw.size());
  return text.data();
}

bool is_key(const std::string& text) {
  std::array<std::uint8_t, kKeyBytes> raw{};
  return text.size() == kKeyText && zmq_z85_decode(raw.data(), text.c_str()) != nullptr;
}

// Interrupted system calls are tried again; nullopt when nothing is waiting.
bool receive_part(zmq::socket_t& socket, zmq::message_t& part) {
  for (;;) {
    try {
      return socket.recv(part, zmq::recv_flags::dontwait).has_value();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
    }
  }
}

bool send_part(zmq::socket_t& socket, const void* data, std::size_t size, bool more) {
  const auto flags =
      more ? zmq::send_flags::dontwait | zmq::send_flags::sndmore : zmq::send_flags::dontwait;
  for (;;) {
    try {
      return socket.send(zmq::const_buffer(data, size), flags).has_value();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
    }
  }
}

// The parts after the routing id, if there is one: header and, unless it is empty, body.
bool send_message(zmq::socket_t& socket, const Header& header, std::string_view body) {
  const auto bytes = encode(header);
  if (!send_part(socket, bytes.data(), bytes.size(), !body.empty())) return false;
  return body.empty() || send_part(socket, body.data(), body.size(), false);
}

void check_body(std::string_view body) {
  if (body.size() <= kBodyBytesMax) return;
  std::fprintf(stderr, "bridge/wire: a body of %zu bytes is over the bound\n", body.size());
  std::abort();
}

std::span<const std::byte> bytes_of(const zmq::message_t& part) {
  return {static_cast<const std::byte*>(part.data()), part.size()};
}

// Reads the parts after `header` (already read) to the end of the message.
base::Result<Message> read_rest(zmq::socket_t& socket, const zmq::message_t& header) {
  std::string body;
  int parts = 1;
  bool more = header.more();
  while (more) {
    zmq::message_t part;
    if (!receive_part(socket, part)) return refuse("The message broke off.");
    more = part.more();
    if (++parts == 2) body = part.to_string();
  }
  auto decoded = decode_header(bytes_of(header));
  if (!decoded) return tl::unexpected(decoded.error());
  if (parts > 2) {
    return refuse("A message has a header and at most one body, not " + std::to_string(parts) +
                  " frames.");
  }
  return Message{*decoded, std::move(body)};
}

void set_common(zmq::socket_t& socket, bool ipv6) {
  socket.set(zmq::sockopt::linger, kLingerMs);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kBodyBytesMax));
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
  socket.set(zmq::sockopt::tcp_keepalive, 1);
  socket.set(zmq::sockopt::tcp_keepalive_idle, kKeepaliveIdleS);
  socket.set(zmq::sockopt::tcp_keepalive_intvl, kKeepaliveIntervalS);
  socket.set(zmq::sockopt::tcp_keepalive_cnt, kKeepaliveCount);
  socket.set(zmq::sockopt::tcp_maxrt, kUnsentMsMax);
  socket.set(zmq::sockopt::ipv6, ipv6 ? 1 : 0);
}

}  // namespace

// ---- keys --------------------------------------------------------------------------------------

KeyPair generate_keys() {
  std::array<char, kKeyText + 1> public_key{};
  std::array<char, kKeyText + 1> secret_key{};
  if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) {
    std::fputs("bridge/wire: this libzmq was built without CURVE\n", stderr);
    std::abort();
  }
  return {public_key.data(), secret_key.data()};
}

base::Result<KeyPair> keys_from_secret(std::string_view secret_key) {
  const std::string secret(secret_key);
  std::array<char, kKeyText + 1> public_key{};
  if (!is_key(secret) || zmq_curve_public(public_key.data(), secret.c_str()) != 0) {
    return refuse("A secret key is 40 characters of Z85 text.");
  }
  return KeyPair{public_key.data(), secret};
}

// ---- context and ZAP ---------------------------------------------------------------------------

// ZeroMQ asks an in-process REP socket about every CURVE handshake (the ZAP protocol, version 1.0).
// It has to be bound before the first CURVE socket is, and answers until the context is shut down.
struct Context::Impl {
  explicit Impl(int io_threads) : zmq(io_threads) {}

  void start_zap() {
    if (zap_thread.joinable()) return;
    zmq::socket_t socket(zmq, zmq::socket_type::rep);
    socket.set(zmq::sockopt::linger, 0);
    socket.bind("inproc://zeromq.zap.01");
    zap_thread = std::thread([this, socket = std::move(socket)]() mutable { serve(socket); });
  }

  void serve(zmq::socket_t& socket) {
    for (;;) {
      try {
        answer(socket);
      } catch (const zmq::error_t& error) {
        if (error.num() == EINTR) continue;
        return socket.close();  // ETERM: the context is going down
      }
    }
  }

  void answer(zmq::socket_t& socket) {
    // version, request id, domain, address, routing id, mechanism, public key
    std::vector<std::string> frames;
    zmq::message_t part;
    do {
      static_cast<void>(socket.recv(part));
      frames.push_back(part.to_string());
    } while (part.more());

    std::string user;
    if (frames.size() == 7 && frames[5] == "CURVE" && frames[6].size() == kKeyBytes) {
      std::array<std::uint8_t, kKeyBytes> raw{};
      std::copy(frames[6].begin(), frames[6].end(), raw.begin());
      user = z85(raw);
    }
    const bool ok = !user.empty() && keyring.allowed(frames[2], user);
    const std::string id = frames.size() > 1 ? frames[1] : std::string();
    const std::string reply[] = {"1.0",
                                 id,
                                 ok ? "200" : "400",
                                 ok ? "OK" : "This key may not connect",
                                 ok ? user : std::string(),
                                 std::string()};
    for (std::size_t i = 0; i < std::size(reply); ++i) {
      const bool last = i + 1 == std::size(reply);
      socket.send(zmq::const_buffer(reply[i].data(), reply[i].size()),
                  last ? zmq::send_flags::none : zmq::send_flags::sndmore);
    }
  }

  zmq::context_t zmq;
  Keyring keyring;
  std::atomic<int> domains{0};
  std::thread zap_thread;  // started with the first CURVE router
};

Context::Context(int io_threads) : impl_(std::make_unique<Impl>(io_threads)) {}

Context::~Context() {
  impl_->zmq.shutdown();
  if (impl_->zap_thread.joinable()) impl_->zap_thread.join();
}

// ---- router ------------------------------------------------------------------------------------

struct Router::Impl {
  Impl(Context::Impl& c) : context(c), socket(c.zmq, zmq::socket_type::router) {}
  ~Impl() {
    if (!domain.empty()) context.keyring.forget(domain);
  }

  base::Result<void> set_keys(const RouterOptions& options) {
    const KeyPair& keys = *options.server_keys;
    if (!is_key(keys.secret_key)) return refuse("The server's secret key is not a Z85 key.");
    for (const std::string& key : options.client_keys) {
      if (!is_key(key)) return refuse("The client key \"" + key + "\" is not a Z85 public key.");
    }
    domain = "lane-" + std::to_string(++context.domains);
    context.keyring.allow(domain, options.client_keys);
    context.start_zap();
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
    socket.set(zmq::sockopt::zap_domain, domain);
    return {};
  }

  base::Result<void> bind(const RouterOptions& options, const Endpoint& where) {
    if (where.transport == Endpoint::Transport::kIpc) {
      if (auto clear = clear_ipc_path(where.path); !clear) return clear;
    }
    try {
      const CreationMode mode(where.transport == Endpoint::Transport::kIpc ? options.ipc_mode
                                                                           : 0777);
      socket.bind(options.endpoint);
    } catch (const zmq::error_t& error) {
      return base::fail(base::ErrorCode::kConflict,
                        "Cannot listen on " + options.endpoint + ": " + error.what() + ".");
    }
    endpoint = socket.get(zmq::sockopt::last_endpoint);
    return {};
  }

  Context::Impl& context;
  zmq::socket_t socket;
  std::string domain;  // ZAP's; empty without CURVE
  std::string endpoint;
  zmq::message_t header;  // kept for Received::raw
};

Router::Router(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

base::Result<Router> Router::bind(Context& context, const RouterOptions& options) {
  auto where = parse_endpoint(options.endpoint);
  if (!where) return tl::unexpected(where.error());
  const bool tcp = where->transport == Endpoint::Transport::kTcp;
  if (tcp && !options.server_keys && !(where->loopback && options.plain_tcp)) {
    return refuse("The endpoint " + options.endpoint +
                  " needs keys: without them tcp is possible on a loopback address only, and only "
                  "when it is asked for.");
  }
  auto impl = std::make_unique<Impl>(context.impl());
  set_common(impl->socket, where->ipv6);
  impl->socket.set(zmq::sockopt::router_mandatory, 1);
  impl->socket.set(zmq::sockopt::sndhwm, kRouterSendQueue);
  impl->socket.set(zmq::sockopt::rcvhwm, kRouterReceiveQueue);
  impl->socket.set(zmq::sockopt::affinity, std::uint64_t{1} << options.io_thread);
  if (options.server_keys) {
    if (auto set = impl->set_keys(options); !set) return tl::unexpected(set.error());
  }
  if (auto bound = impl->bind(options, *where); !bound) return tl::unexpected(bound.error());
  return Router(std::move(impl));
}

const std::string& Router::endpoint() const {
  return impl_->endpoint;
}

std::optional<Received> Router::receive() {
  zmq::message_t peer;
  if (!receive_part(impl_->socket, peer)) return std::nullopt;
  impl_->header.rebuild();
  // A message without frames after the routing id has an empty header, which decodes to an error.
  if (peer.more() && !receive_part(impl_->socket, impl_->header)) return std::nullopt;
  // ZeroMQ 4.3.4 loses the metadata of the routing id's frame; the header's frame has it.
  const char* user = zmq_msg_gets(impl_->header.handle(), "User-Id");
  auto message = read_rest(impl_->socket, impl_->header);
  return Received{.peer = peer.to_string(),
                  .user = user != nullptr ? user : "",
                  .raw = bytes_of(impl_->header),
                  .message = std::move(message)};
}

SendOutcome Router::send(std::string_view peer, const Header& header, std::string_view body) {
  check_body(body);
  try {
    // The outcome is decided on the routing id: once it is taken, the rest is.
    if (!send_part(impl_->socket, peer.data(), peer.size(), true)) return SendOutcome::kFull;
    send_message(impl_->socket, header, body);
    return SendOutcome::kSent;
  } catch (const zmq::error_t& error) {
    if (error.num() != EHOSTUNREACH) throw;
    return SendOutcome::kGone;
  }
}

// ---- dealer ------------------------------------------------------------------------------------

struct Dealer::Impl {
  explicit Impl(Context::Impl& context) : socket(context.zmq, zmq::socket_type::dealer) {}

  base::Result<void> set_keys(const DealerOptions& options) {
    const auto& keys = options.client_keys;
    if (!keys || !is_key(keys->public_key) || !is_key(keys->secret_key)) {
      return refuse("With a server key, a client key pair of two Z85 keys is needed.");
    }
    if (!is_key(options.server_key)) return refuse("The server's public key is not a Z85 key.");
    socket.set(zmq::sockopt::curve_serverkey, options.server_key);
    socket.set(zmq::sockopt::curve_publickey, keys->public_key);
    socket.set(zmq::sockopt::curve_secretkey, keys->secret_key);
    return {};
  }

  zmq::socket_t socket;
};

Dealer::Dealer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Dealer::~Dealer() = default;
Dealer::Dealer(Dealer&&) noexcept = default;
Dealer& Dealer::operator=(Dealer&&) noexcept = default;

base::Result<Dealer> Dealer::connect(Context& context, const DealerOptions& options) {
  auto where = parse_endpoint(options.endpoint);
  if (!where) return tl::unexpected(where.error());
  if (where->transport == Endpoint::Transport::kTcp && !where->loopback &&
      options.server_key.empty()) {
    return refuse("The endpoint " + options.endpoint + " is on another machine: it needs keys.");
  }
  auto impl = std::make_unique<Impl>(context.impl());
  set_common(impl->socket, where->ipv6);
  impl->socket.set(zmq::sockopt::immediate, true);
  impl->socket.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
  impl->socket.set(zmq::sockopt::reconnect_ivl_max, kReconnectMsMax);
  impl->socket.set(zmq::sockopt::sndhwm, kDealerSendQueue);
  impl->socket.set(zmq::sockopt::rcvhwm, kDealerReceiveQueue);
  if (!options.server_key.empty()) {
    if (auto set = impl->set_keys(options); !set) return tl::unexpected(set.error());
  }
  try {
    impl->socket.connect(options.endpoint);
  } catch (const zmq::error_t& error) {
    return refuse("Cannot connect to " + options.endpoint + ": " + error.what() + ".");
  }
  return Dealer(std::move(impl));
}

std::optional<base::Result<Message>> Dealer::receive() {
  zmq::message_t header;
  if (!receive_part(impl_->socket, header)) return std::nullopt;
  return read_rest(impl_->socket, header);
}

bool Dealer::send(const Header& header, std::string_view body) {
  check_body(body);
  return send_message(impl_->socket, header, body);
}

int Dealer::fd() const {
  return impl_->socket.get(zmq::sockopt::fd);
}

// ---- poller ------------------------------------------------------------------------------------

struct Poller::Impl {
  std::vector<zmq_pollitem_t> items;
};

Poller::Poller() : impl_(std::make_unique<Impl>()) {}
Poller::~Poller() = default;

std::size_t Poller::add(Router& router) {
  impl_->items.push_back({router.impl().socket.handle(), 0, ZMQ_POLLIN, 0});
  return impl_->items.size() - 1;
}

std::size_t Poller::add(Dealer& dealer) {
  impl_->items.push_back({dealer.impl().socket.handle(), 0, ZMQ_POLLIN, 0});
  return impl_->items.size() - 1;
}

std::size_t Poller::add_fd(int fd, bool writable) {
  impl_->items.push_back({nullptr, -1, 0, 0});
  set_fd(impl_->items.size() - 1, fd, true, writable);
  return impl_->items.size() - 1;
}

void Poller::set_fd(std::size_t slot, int fd, bool readable, bool writable) {
  zmq_pollitem_t& item = impl_->items.at(slot);
  const int events = (readable ? ZMQ_POLLIN : 0) | (writable ? ZMQ_POLLOUT : 0);
  item.fd = fd;
  item.events = static_cast<short>(fd >= 0 ? events : 0);
  item.revents = 0;
}

void Poller::wait(std::chrono::milliseconds timeout) {
  // Descriptors that are not watched are left out: poll() would report them as invalid.
  std::vector<zmq_pollitem_t> watched;
  for (const auto& item : impl_->items) {
    if (item.socket != nullptr || item.events != 0) watched.push_back(item);
  }
  const long wait_ms = std::max<long>(0, static_cast<long>(timeout.count()));
  const int ready = zmq_poll(watched.data(), static_cast<int>(watched.size()), wait_ms);
  std::size_t next = 0;
  for (auto& item : impl_->items) {
    item.revents = 0;
    if (item.socket == nullptr && item.events == 0) continue;
    if (ready > 0) item.revents = watched[next].revents;
    ++next;
  }
}

// An error on a descriptor counts as both: reading or writing it will say what is wrong.
bool Poller::readable(std::size_t slot) const {
  return (impl_->items.at(slot).revents & (ZMQ_POLLIN | ZMQ_POLLERR)) != 0;
}

bool Poller::writable(std::size_t slot) const {
  return (impl_->items.at(slot).revents & (ZMQ_POLLOUT | ZMQ_POLLERR)) != 0;
}

}  // namespace bridge::wire
