#include "gateway/web/operations/gateway_peek.h"

#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace gateway::web {
namespace {

namespace base = bridge::base;

// The value of a line "name 1", which has no labels.
std::optional<double> value_of(std::string_view text, std::string_view name) {
  const std::string line = "\n" + std::string(name) + " ";
  const auto at = text.find(line);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string number(text.substr(at + line.size(), 32));
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  return end == number.c_str() ? std::nullopt : std::optional(value);
}

std::optional<std::pair<std::string, std::string>> split(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return std::pair(host, address.substr(colon + 1));
}

}  // namespace

std::optional<GatewaySeen> read_gateway_metrics(std::string_view text) {
  const auto online = value_of(text, "lapwing_gateway_xmpp_online");
  if (!online) return std::nullopt;
  const auto number = [&](std::string_view name) { return value_of(text, name).value_or(0); };
  return GatewaySeen{.xmpp_online = *online > 0,
                     .bridge_connected = number("lapwing_gateway_bridge_connected") > 0,
                     .breaker = static_cast<int>(number("lapwing_gateway_breaker_state")),
                     .breaker_opened = number("lapwing_gateway_breaker_opened_total"),
                     .deliveries_held = number("lapwing_gateway_deliveries_held")};
}

base::Result<GatewayPeek> GatewayPeek::open(const std::string& address) {
  const auto bad = [&] {
    return base::fail(base::ErrorCode::kBadRequest,
                      "\"" + address + "\" is no address and port such as 127.0.0.1:9470");
  };
  const auto parts = split(address);
  if (!parts) return bad();
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(parts->first.c_str(), parts->second.c_str(), &hints, &found) != 0) return bad();
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  GatewayPeek peek(address);
  std::memcpy(&peek.where_, found->ai_addr, found->ai_addrlen);
  peek.where_bytes_ = found->ai_addrlen;
  return peek;
}

void GatewayPeek::begin(base::Time now) {
  next_ = now + kEvery;
  until_ = now + kPatience;
  got_.clear();
  whole_ = false;
  to_send_ = "GET /metrics HTTP/1.1\r\nHost: " + name_ + "\r\nConnection: close\r\n\r\n";
  socket_ = base::Fd(::socket(where_.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return end();
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&where_), where_bytes_) != 0 &&
      errno != EINPROGRESS)
    end();
}

bool GatewayPeek::go_on() {
  const auto not_yet = [] { return errno == EAGAIN || errno == ENOTCONN || errno == EINTR; };
  while (!to_send_.empty()) {
    const ssize_t sent =
        ::send(socket_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return not_yet();
    to_send_.erase(0, static_cast<std::size_t>(sent));
  }
  std::array<char, 16 * 1024> piece;
  while (got_.size() <= kBytesMax) {
    const ssize_t read = ::recv(socket_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (read < 0) return not_yet();
    if (read == 0) {
      whole_ = got_.starts_with("HTTP/1.1 200 ");
      return false;
    }
    got_.append(piece.data(), static_cast<std::size_t>(read));
  }
  return false;
}

void GatewayPeek::end() {
  socket_ = base::Fd();
  seen_ = whole_ ? read_gateway_metrics(got_) : std::nullopt;
  got_ = std::string();
}

void GatewayPeek::turn(base::Time now) {
  if (!socket_) {
    if (now >= next_) begin(now);
  } else if (now >= until_ || !go_on()) {
    end();
  }
}

}  // namespace gateway::web
