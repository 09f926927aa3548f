#include "tests/bench/xmpp_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};  // for each answer during a log-in
constexpr std::string_view kBegin = "<message";
constexpr std::string_view kEnd = "</message>";

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw std::runtime_error("a client cannot send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Reads until that text has come; the answers of a log-in come one at a time.
void expect(int socket, std::string_view text, const std::string& jid) {
  std::string got;
  std::array<char, 4096> buffer{};
  while (got.find(text) == std::string::npos) {
    const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) throw std::runtime_error(jid + " cannot log in, the server said: " + got);
    got.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::string stream_to(std::string_view domain) {
  return "<?xml version='1.0'?><stream:stream to='" + std::string(domain) +
         "' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
}

}  // namespace

XmppSink::XmppSink(std::string host, std::uint16_t port)
    : host_(std::move(host)),
      port_(port),
      epoll_(bridge::base::must_open(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      buffer_(kReadBytes, '\0') {}

bridge::base::Fd XmppSink::connect() const {
  auto socket = bridge::base::must_open(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  if (::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1 ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to " + host_);
  }
  return socket;
}

std::size_t XmppSink::log_in(const std::string& jid, const std::string& password) {
  const auto at = jid.find('@');
  const std::string user = jid.substr(0, at);
  const std::string domain = jid.substr(at + 1);
  auto socket = connect();
  const int fd = socket.get();
  send_all(fd, stream_to(domain));
  expect(fd, "</stream:features>", jid);
  const std::string token = base64(std::string(1, '\0') + user + '\0' + password);
  send_all(fd,
           "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + token + "</auth>");
  expect(fd, "<success", jid);
  send_all(fd, stream_to(domain));
  expect(fd, "</stream:features>", jid);
  send_all(fd,
           "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
           "<resource>bench</resource></bind></iq>");
  expect(fd, "</iq>", jid);
  send_all(fd, "<presence/>");

  const std::size_t number = clients_.size();
  epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::runtime_error("epoll_ctl failed");
  clients_.push_back({.socket = std::move(socket), .jid = jid, .unread = {}});
  return number;
}

void XmppSink::read(const OnMessage& on_message) {
  std::array<epoll_event, 128> ready{};
  const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
  for (int i = 0; i < count; ++i) read_one(ready[static_cast<std::size_t>(i)].data.u64, on_message);
}

void XmppSink::read_one(std::size_t number, const OnMessage& on_message) {
  Client& client = clients_[number];
  const auto size = ::recv(client.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) throw std::runtime_error("the server ended the stream of " + client.jid);
  client.unread.append(buffer_.data(), static_cast<std::size_t>(size));
  const std::string_view unread = client.unread;
  std::size_t done = 0;
  for (;;) {
    const auto end_tag = unread.find(kEnd, done);
    if (end_tag == std::string_view::npos) break;
    const auto end = end_tag + kEnd.size();
    const auto begin = unread.substr(done, end - done).rfind(kBegin);
    if (begin != std::string_view::npos)
      on_message(number, unread.substr(done + begin, end - done - begin));
    done = end;
  }
  client.unread.erase(0, done);
}

void XmppSink::send(std::size_t client, std::string_view stanzas) {
  send_all(clients_[client].socket.get(), stanzas);
}

}  // namespace bench
