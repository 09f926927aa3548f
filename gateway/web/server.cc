#include "gateway/web/server.h"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "bridge/base/log.h"
#include "gateway/web/connection.h"

namespace gateway::web {
namespace {

namespace asio = boost::asio;
namespace base = bridge::base;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kLook{500};         // for deadlines
constexpr std::chrono::milliseconds kAcceptAgain{100};  // after there were no descriptors
constexpr std::size_t kHandlersPerTurn = 512;

base::Result<Tcp::endpoint> parse_listen(const std::string& listen) {
  const auto colon = listen.rfind(':');
  const auto bad = [] {
    return base::fail(base::ErrorCode::kBadRequest,
                      "is no address and port, such as 127.0.0.1:8080 or [::1]:8080");
  };
  if (colon == std::string::npos) return bad();
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  unsigned port = 65536;
  const char* end = listen.data() + listen.size();
  const auto [stop, failed] = std::from_chars(listen.data() + colon + 1, end, port);
  if (error || failed != std::errc() || stop != end || port > 65535) return bad();
  return Tcp::endpoint(address, static_cast<unsigned short>(port));
}

std::string text_of(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
         std::to_string(endpoint.port());
}

}  // namespace

struct Server::Impl final : ConnectionHost {
  Impl(const ServerSettings& wanted, Handler& answering)
      : ConnectionHost(kept_settings, answering, kept_counters, kept_times),
        kept_settings(wanted) {}
  ~Impl() {
    const auto all = connections;
    for (const auto& connection : all) connection->close_if_idle();
    connections.clear();
  }

  void accept() {
    acceptor.async_accept([this](error_code error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) {
        take(std::move(socket));
        return accept();
      }
      // Out of descriptors: those there are go on, new ones wait in the kernel.
      again.expires_after(kAcceptAgain);
      again.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
    });
  }

  void take(Tcp::socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) return;
    // On a socket of both families IPv4 comes as ::ffff:a.b.c.d.
    const asio::ip::address who = peer.address();
    const bool mapped = who.is_v6() && who.to_v6().is_v4_mapped();
    std::string from = mapped
                           ? asio::ip::make_address_v4(asio::ip::v4_mapped, who.to_v6()).to_string()
                           : who.to_string();
    const auto& trusted = kept_settings.trusted_proxies;
    const bool is_trusted = std::ranges::find(trusted, from) != trusted.end();
    std::size_t& of_address = addresses[from];
    if (connections.size() >= kept_settings.connections_max ||
        (!is_trusted && of_address >= kept_settings.connections_per_address)) {
      ++kept_counters.refused;
      if (of_address == 0) addresses.erase(from);
      return;  // closed
    }
    ++of_address;
    ++kept_counters.accepted;
    auto connection =
        std::make_shared<Connection>(std::move(socket), std::move(from), is_trusted, *this);
    connections.insert(connection);
    kept_counters.connections = connections.size();
    connection->start();
  }

  void forget(const std::shared_ptr<Connection>& connection) override {
    if (connections.erase(connection) == 0) return;
    kept_counters.connections = connections.size();
    const auto found = addresses.find(connection->address());
    if (found != addresses.end() && --found->second == 0) addresses.erase(found);
  }

  void look_at_deadlines() {
    look.expires_after(kLook);
    look.async_wait([this](error_code stopped) {
      if (stopped) return;
      const base::Time now = base::read_clocks().mono;
      // Ending one changes the set.
      std::vector<std::shared_ptr<Connection>> all(connections.begin(), connections.end());
      for (const auto& connection : all) connection->check_deadline(now);
      look_at_deadlines();
    });
  }

  void watch(asio::posix::stream_descriptor& descriptor) {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [&](error_code error) {
      if (!error) woken.push_back(&descriptor);
    });
  }

  ServerSettings kept_settings;
  ServerCounters kept_counters;
  base::Histogram kept_times{50'000,      100'000,     200'000,     500'000,       1'000'000,
                             2'000'000,   5'000'000,   10'000'000,  20'000'000,    50'000'000,
                             100'000'000, 200'000'000, 500'000'000, 1'000'000'000, 5'000'000'000};
  asio::io_context io{1};
  Tcp::acceptor acceptor{io};
  asio::steady_timer look{io};
  asio::steady_timer again{io};
  std::vector<std::unique_ptr<asio::posix::stream_descriptor>> watched;
  std::vector<asio::posix::stream_descriptor*> woken;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  std::unordered_map<std::string, std::size_t> addresses;  // connections of each
  std::string address;
};

base::Result<void> Server::check(const std::string& listen) {
  if (const auto endpoint = parse_listen(listen); !endpoint)
    return tl::unexpected(endpoint.error());
  return {};
}

base::Result<std::unique_ptr<Server>> Server::open(const ServerSettings& settings,
                                                   Handler& handler) {
  const auto endpoint = parse_listen(settings.listen);
  if (!endpoint) return tl::unexpected(endpoint.error());
  auto impl = std::make_unique<Impl>(settings, handler);
  error_code error;
  Tcp::acceptor& acceptor = impl->acceptor;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error)
    return base::fail(base::ErrorCode::kUnavailable,
                      "Cannot listen on " + settings.listen + ": " + error.message() + ".");
  impl->address = text_of(acceptor.local_endpoint());
  impl->accept();
  impl->look_at_deadlines();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  for (const auto& descriptor : impl_->watched) descriptor->release();  // not ours to close
}

const std::string& Server::address() const {
  return impl_->address;
}
const ServerCounters& Server::counters() const {
  return impl_->kept_counters;
}
const base::Histogram& Server::times() const {
  return impl_->kept_times;
}

void Server::watch(int fd) {
  impl_->watched.push_back(std::make_unique<asio::posix::stream_descriptor>(impl_->io, fd));
  impl_->watch(*impl_->watched.back());
}

std::size_t Server::turn(std::chrono::milliseconds timeout) {
  // Armed again only now, when whoever is behind the descriptor has had a turn to read it.
  for (auto* descriptor : std::exchange(impl_->woken, {})) impl_->watch(*descriptor);
  std::size_t done = timeout.count() > 0 ? impl_->io.run_one_for(timeout) : 0;
  while (done < kHandlersPerTurn && impl_->woken.empty()) {
    const std::size_t more = impl_->io.poll_one();
    if (more == 0) break;
    done += more;
  }
  return done;
}

void Server::close() {
  impl_->closing = true;
  error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->again.cancel();
  const auto all = impl_->connections;
  for (const auto& connection : all) connection->close_if_idle();
}

}  // namespace gateway::web
