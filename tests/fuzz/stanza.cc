// Fuzz target: what the XMPP server sends after the handshake, on its way in: the filter, the
// check, libstrophe, and the gateway with a bridge in memory.
//
// States: how the bytes are cut makes no difference to the filter; libstrophe accepts whatever the
// filter lets through; and whatever comes in, what goes out is well-formed and from our own domain.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/fd.h"
#include "gateway/xmpp/stanza_filter.h"
#include "gateway/xmpp/strophe_link.h"
#include "tests/fuzz/check.h"
#include "tests/gateway/xmpp/gateway_world.h"

namespace {

using bridge::base::Fd;
using gateway::xmpp::RefusedStanza;
using gateway::xmpp::Stanza;
using gateway::xmpp::StanzaFilter;
using gateway::xmpp::StropheLink;

constexpr std::string_view kDomain = "im.example.org";
constexpr std::string_view kHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
    "xmlns:stream='http://etherx.jabber.org/streams' from='im.example.org' id='s1'>";
constexpr std::string_view kAccepted = "<handshake/>";
constexpr std::string_view kProbe =
    "<iq from='probe@example.net' to='im.example.org' type='get' id='the last'/>";

// Smaller than in earnest, so that short inputs reach the bounds.
constexpr StanzaFilter::Options kBounds{
    .stanza_bytes_max = 1024, .depth_max = 8, .skipped_bytes_max = 2048};

struct Filtered {
  std::string out;
  std::vector<RefusedStanza> refused;
  std::string failure;

  bool operator==(const Filtered&) const = default;
};

Filtered filter(std::string_view stream, std::size_t piece) {
  StanzaFilter filter(kBounds);
  Filtered result;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    if (!filter.feed(stream.substr(at, piece), result.out, result.refused)) break;
  }
  result.failure = filter.failure();
  return result;
}

// libstrophe connects by itself, so there has to be somebody who listens.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    fuzz::check(::bind(fd_.get(), name, size) == 0 && ::listen(fd_.get(), 16) == 0 &&
                    ::getsockname(fd_.get(), name, &size) == 0,
                "there is a port");
    port_ = ntohs(address.sin_port);
  }
  std::uint16_t port() const { return port_; }
  // The other end, which closes without leaving the port behind in TIME_WAIT.
  Fd accept() const {
    Fd other(::accept(fd_.get(), nullptr, nullptr));
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(other.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return other;
  }

 private:
  Fd fd_;
  std::uint16_t port_ = 0;
};

// What libstrophe makes of a stream; `ended` when it did not live to the end, or just so long. One
// link serves all inputs, a connection each.
std::vector<Stanza> parse(std::string_view stream, bool& ended) {
  static const Listener listener;
  static StropheLink link{std::string(kDomain), "secret"};
  auto socket = link.connect("127.0.0.1", listener.port(), 65536);
  fuzz::check(socket.has_value(), "libstrophe connects");
  const Fd other = listener.accept();
  std::string said;
  std::vector<Stanza> stanzas;
  link.feed("");
  while (!stream.empty() && !link.idle()) {
    stream.remove_prefix(link.feed(stream));
    link.drain(said);
    for (Stanza& stanza : link.take_stanzas()) stanzas.push_back(std::move(stanza));
  }
  ended = link.idle();
  link.hang_up();
  return stanzas;
}

// What the component would hand on: nothing for, or from, the wrong domain.
bool for_us(const Stanza& stanza) {
  return stanza.to.domain == kDomain && stanza.from.domain != kDomain;
}

Stanza partial(const RefusedStanza& refused) {
  Stanza stanza;
  const auto from = gateway::xmpp::Jid::parse(refused.head.from);
  const auto to = gateway::xmpp::Jid::parse(refused.head.to);
  if (from && to) {
    stanza.from = *from;
    stanza.to = *to;
  }
  if (refused.head.name == "presence") stanza.name = Stanza::Name::kPresence;
  if (refused.head.name == "iq") stanza.name = Stanza::Name::kIq;
  stanza.type = refused.head.type;
  stanza.id = refused.head.id;
  return stanza;
}

// With a stanza behind the input, the filter lets it through if the stream is still one, and no
// stanza is half open; then it must reach the other end of libstrophe too, unless the input itself
// had a stream error.
void check_alive(const std::string& stream, const std::string& let_through) {
  const Filtered probed = filter(stream + std::string(kProbe), 4096);
  if (probed.out != let_through + std::string(kProbe)) return;
  if (probed.out.find("error") != probed.out.npos) return;
  bool ended = false;
  const std::vector<Stanza> stanzas = parse(probed.out, ended);
  fuzz::check(!ended && !stanzas.empty() && stanzas.back().id == "the last",
              "libstrophe survives what the filter lets through");
}

// A form's session has a random name, which no input can know: "last" stands for the newest one.
void name_session(Stanza& stanza, const std::vector<std::string>& sent) {
  if (stanza.command_session != "last") return;
  constexpr std::string_view kBefore = "sessionid='";
  for (auto text = sent.rbegin(); text != sent.rend(); ++text) {
    const std::size_t at = text->rfind(kBefore);
    if (at == text->npos) continue;
    const std::size_t start = at + kBefore.size();
    stanza.command_session = text->substr(start, text->find('\'', start) - start);
    return;
  }
}

void check_answers(const std::vector<std::string>& sent) {
  StanzaFilter filter({.stanza_bytes_max = 1 << 20, .depth_max = 64});
  gateway::xmpp::StanzaCheck check;
  fuzz::check(check.open(kHeader), "the header is one");
  std::string out;
  std::vector<RefusedStanza> refused;
  filter.feed(kHeader, out, refused);
  for (const std::string& text : sent) {
    fuzz::check(filter.feed(text, out, refused), "what goes out keeps the stream alive");
    const auto from = gateway::xmpp::Jid::parse(check.head(text).from);
    fuzz::check(from && from->domain == kDomain, "what goes out is from our domain");
  }
  fuzz::check(refused.empty(), "what goes out is well-formed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string stream(kHeader);
  stream += kAccepted;
  stream.append(reinterpret_cast<const char*>(data), size);

  const Filtered whole = filter(stream, stream.size());
  fuzz::check(filter(stream, 1) == whole, "cutting makes no difference");
  fuzz::check(filter(stream, 7) == whole, "cutting makes no difference");

  check_alive(stream, whole.out);

  gateway::xmpp::World world;
  world.up();
  world.members["bob@example.org"] = "bob";
  world.tracks = {"nyc"};
  bool ended = false;
  for (Stanza& stanza : parse(whole.out, ended)) {
    name_session(stanza, world.component.sent);
    if (for_us(stanza)) world.gets(stanza);
  }
  for (const RefusedStanza& refused : whole.refused) {
    const Stanza stanza = partial(refused);
    if (for_us(stanza)) world.gateway.on_refused(stanza, refused.why, world.now);
  }
  world.turn();
  check_answers(world.component.sent);
  return 0;
}
