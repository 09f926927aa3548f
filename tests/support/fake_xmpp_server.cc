#include "tests/support/fake_xmpp_server.h"

#include <arpa/inet.h>
#include <expat.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "bridge/base/fd.h"

namespace tests::support {
namespace {

using bridge::base::Fd;
using bridge::base::must_open;

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    std::array<char, 3> two{};
    std::snprintf(two.data(), two.size(), "%02x", static_cast<unsigned>(digest[i]));
    hex += two.data();
  }
  return hex;
}

// Cuts a stream into its header and its stanzas.
class Splitter {
 public:
  Splitter() : parser_(XML_ParserCreate("UTF-8")) {
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, on_start, on_end);
  }
  ~Splitter() { XML_ParserFree(parser_); }
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  // False when it is not well-formed.
  bool feed(std::string_view bytes) {
    text_ += bytes;
    return XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()), 0) == XML_STATUS_OK;
  }
  bool opened() const { return opened_; }
  bool closed() const { return opened_ && depth_ == 0; }
  std::vector<std::string> take() { return std::exchange(stanzas_, {}); }

 private:
  static void on_start(void* self, const XML_Char*, const XML_Char**) {
    auto& splitter = *static_cast<Splitter*>(self);
    splitter.opened_ = true;
    if (splitter.depth_++ == 1) splitter.begin_ = splitter.position();
  }
  static void on_end(void* self, const XML_Char*) {
    auto& splitter = *static_cast<Splitter*>(self);
    if (--splitter.depth_ != 1) return;
    const std::size_t end =
        splitter.position() + static_cast<std::size_t>(XML_GetCurrentByteCount(splitter.parser_));
    splitter.stanzas_.push_back(
        splitter.text_.substr(splitter.begin_ - splitter.dropped_, end - splitter.begin_));
    splitter.text_.erase(0, end - splitter.dropped_);
    splitter.dropped_ = end;
  }
  std::size_t position() const {
    return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_));
  }

  XML_Parser parser_;
  std::string text_;         // what may still belong to a stanza
  std::size_t dropped_ = 0;  // bytes of the stream before text_
  std::size_t begin_ = 0;
  int depth_ = 0;
  bool opened_ = false;
  std::vector<std::string> stanzas_;
};

bool is_ping(const std::string& stanza) {
  return stanza.starts_with("<iq") && stanza.find("urn:xmpp:ping") != std::string::npos;
}

bool is_answer(const std::string& stanza) {
  return stanza.starts_with("<iq") && stanza.find("type='result'") != std::string::npos;
}

std::string attribute(const std::string& stanza, const std::string& name) {
  std::string key = " ";
  key += name;
  key += "='";
  const std::size_t begin = stanza.find(key) + key.size();
  return stanza.substr(begin, stanza.find('\'', begin) - begin);
}

}  // namespace

struct FakeXmppServer::Impl {
  Options options;
  Fd listener;
  std::uint16_t port = 0;

  Fd peer;
  std::optional<Splitter> splitter;
  std::string stream_id;
  bool header_sent = false;
  bool authenticated = false;
  bool reading = true;
  bool close_when_sent = false;
  std::string out;

  std::size_t connections = 0;
  std::size_t pings = 0;
  std::string handshake_refusal;
  std::string problem;
  std::vector<std::string> stanzas;
  std::vector<std::string> withheld;

  void listen_on(std::uint16_t wanted);
  void accept();
  std::size_t read();
  void open_stream();
  void stanza(const std::string& text);
  void handshake(const std::string& text);
  void ping(const std::string& text);
  void answer(const std::string& ping, std::string_view type, std::string_view content);
  void end_with(std::string_view condition);
  void write();
};

void FakeXmppServer::Impl::listen_on(std::uint16_t wanted) {
  listener = must_open(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), 8) != 0 ||
      ::getsockname(listener.get(), generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
  port = ntohs(address.sin_port);
}

void FakeXmppServer::Impl::accept() {
  Fd fresh(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fresh) return;
  peer = std::move(fresh);
  splitter.emplace();
  stream_id = "stream" + std::to_string(++connections);
  header_sent = authenticated = close_when_sent = false;
  out.clear();
  withheld.clear();
}

std::size_t FakeXmppServer::Impl::read() {
  std::size_t total = 0;
  std::array<char, 16384> buffer;
  while (peer && reading) {
    const auto got = ::recv(peer.get(), buffer.data(), buffer.size(), 0);
    if (got < 0) break;
    if (got == 0) {
      peer = Fd();
      authenticated = false;
      break;
    }
    total += static_cast<std::size_t>(got);
    if (!splitter->feed({buffer.data(), static_cast<std::size_t>(got)})) {
      problem = "not well-formed";
      end_with("not-well-formed");
      break;
    }
    if (splitter->opened() && !header_sent) open_stream();
    for (const std::string& text : splitter->take()) stanza(text);
  }
  return total;
}

void FakeXmppServer::Impl::open_stream() {
  out +=
      "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
      "xmlns='jabber:component:accept' from='" +
      options.domain + "' id='" + stream_id + "'>";
  header_sent = true;
}

void FakeXmppServer::Impl::stanza(const std::string& text) {
  if (text.starts_with("<handshake")) {
    handshake(text);
  } else if (!authenticated) {
    problem = "sent before it was authenticated: " + text;
  } else if (is_ping(text)) {
    ping(text);
  } else if (!is_answer(text)) {
    stanzas.push_back(text);
  }
}

void FakeXmppServer::Impl::handshake(const std::string& text) {
  const std::string expected = sha1_hex(stream_id + options.secret) + "</handshake>";
  if (!handshake_refusal.empty()) {
    end_with(handshake_refusal);
  } else if (!text.ends_with(expected)) {
    end_with("not-authorized");
  } else {
    authenticated = true;
    out += "<handshake/>";
  }
}

void FakeXmppServer::Impl::ping(const std::string& text) {
  ++pings;
  switch (options.pings) {
    case Pings::kEcho:
      out += text;
      break;
    case Pings::kResult:
      answer(text, "result", "");
      break;
    case Pings::kError:
      answer(text, "error",
             "<error type='cancel'><service-unavailable "
             "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
      break;
    case Pings::kWithhold:
      withheld.push_back(text);
      break;
  }
}

void FakeXmppServer::Impl::answer(const std::string& ping, std::string_view type,
                                  std::string_view content) {
  out += "<iq from='" + attribute(ping, "to") + "' to='" + attribute(ping, "from") + "' id='" +
         attribute(ping, "id") + "' type='";
  out += type;
  out += "'>";
  out += content;
  out += "</iq>";
}

void FakeXmppServer::Impl::end_with(std::string_view condition) {
  if (!header_sent) open_stream();
  out += "<stream:error><";
  out += condition;
  out += " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
  authenticated = false;
  close_when_sent = true;
}

void FakeXmppServer::Impl::write() {
  if (!peer || out.empty()) return;
  const auto sent = ::send(peer.get(), out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) out.erase(0, static_cast<std::size_t>(sent));
  if (out.empty() && close_when_sent) peer = Fd();
}

FakeXmppServer::FakeXmppServer(Options options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->listen_on(0);
}

FakeXmppServer::~FakeXmppServer() = default;

std::uint16_t FakeXmppServer::port() const {
  return impl_->port;
}

std::size_t FakeXmppServer::turn() {
  if (impl_->listener) impl_->accept();
  const std::size_t work = impl_->read();
  impl_->write();
  return work;
}

bool FakeXmppServer::connected() const {
  return static_cast<bool>(impl_->peer);
}
bool FakeXmppServer::authenticated() const {
  return impl_->authenticated;
}
std::size_t FakeXmppServer::connections() const {
  return impl_->connections;
}
std::size_t FakeXmppServer::pings() const {
  return impl_->pings;
}
std::string_view FakeXmppServer::problem() const {
  return impl_->problem;
}

std::vector<std::string> FakeXmppServer::take_stanzas() {
  return std::exchange(impl_->stanzas, {});
}

void FakeXmppServer::set_pings(Pings pings) {
  impl_->options.pings = pings;
}

void FakeXmppServer::release_pings() {
  impl_->options.pings = Pings::kEcho;
  for (const std::string& ping : std::exchange(impl_->withheld, {})) impl_->out += ping;
}

void FakeXmppServer::set_reading(bool reading) {
  impl_->reading = reading;
}

void FakeXmppServer::refuse_handshakes(std::string condition) {
  impl_->handshake_refusal = std::move(condition);
}

void FakeXmppServer::send(std::string_view bytes) {
  impl_->out += bytes;
}

void FakeXmppServer::stream_error(std::string_view condition) {
  impl_->end_with(condition);
}

void FakeXmppServer::close() {
  impl_->peer = Fd();
  impl_->authenticated = false;
}

void FakeXmppServer::stop_listening() {
  impl_->listener = Fd();
}

void FakeXmppServer::listen_again() {
  impl_->listen_on(impl_->port);
}

}  // namespace tests::support
