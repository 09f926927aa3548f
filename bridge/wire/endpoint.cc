#include "bridge/wire/endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace bridge::wire {

namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kIpc = "ipc://";

tl::unexpected<base::Error> refuse(std::string text) {
  return base::fail(base::ErrorCode::kBadRequest, std::move(text));
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) != 1) return false;
  return (ntohl(address.s_addr) >> 24) == 127;
}

base::Result<Endpoint> parse_tcp(std::string_view whole, std::string_view rest) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size()) {
    return refuse("The endpoint " + std::string(whole) +
                  " lacks a host or a port; one like tcp://127.0.0.1:7601 works.");
  }
  const std::string host(rest.substr(0, colon));
  return Endpoint{.transport = Endpoint::Transport::kTcp,
                  .loopback = is_loopback(host),
                  .ipv6 = host.front() == '[',
                  .path = {}};
}

base::Result<Endpoint> parse_ipc(std::string_view whole, std::string_view path) {
  if (path.empty() || path.front() == '@' || path == "*") {
    return refuse("The endpoint " + std::string(whole) +
                  " needs the path of a file; one like ipc:///run/lapwing/im works.");
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return refuse("The path of " + std::string(whole) + " is longer than a socket's may be (" +
                  std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes).");
  }
  return Endpoint{.transport = Endpoint::Transport::kIpc,
                  .loopback = false,
                  .ipv6 = false,
                  .path = std::string(path)};
}

// 0, or the errno of a connection attempt that does not wait.
int try_connect(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int rc = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = rc == 0 ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

base::Result<Endpoint> parse_endpoint(std::string_view endpoint) {
  if (endpoint.starts_with(kTcp)) return parse_tcp(endpoint, endpoint.substr(kTcp.size()));
  if (endpoint.starts_with(kIpc)) return parse_ipc(endpoint, endpoint.substr(kIpc.size()));
  return refuse("The endpoint " + std::string(endpoint) +
                " is neither like tcp://127.0.0.1:7601 nor like ipc:///run/lapwing/im.");
}

base::Result<void> clear_ipc_path(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return {};  // nothing there; bind judges the directory
  if (!S_ISSOCK(info.st_mode)) {
    return base::fail(base::ErrorCode::kConflict, path + " exists and is not a socket.");
  }
  const int error = try_connect(path);
  if (error != ECONNREFUSED) {
    return base::fail(
        base::ErrorCode::kConflict,
        error == 0 || error == EAGAIN
            ? "Another process is listening on " + path + " already."
            : "Cannot tell whether " + path + " is in use: " + std::strerror(error) + ".");
  }
  if (unlink(path.c_str()) != 0) {
    return base::fail(base::ErrorCode::kConflict, "Cannot remove the abandoned socket " + path +
                                                      ": " + std::strerror(errno) + ".");
  }
  return {};
}

CreationMode::CreationMode(int mode) : previous_(umask(static_cast<mode_t>(~mode & 0777))) {}

CreationMode::~CreationMode() {
  umask(static_cast<mode_t>(previous_));
}

}  // namespace bridge::wire
