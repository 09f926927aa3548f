#include "gateway/xmpp/strophe_component.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "bridge/base/log.h"
#include "gateway/xmpp/render.h"

namespace gateway::xmpp {
namespace {

using bridge::base::ErrorCode;
using bridge::base::fail;
using bridge::base::Result;
using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 64 * 1024;  // one recv()
constexpr std::size_t kPingBytes = 512;        // more than one ping takes

// The addresses of `host` as literals, in the resolver's order.
Result<std::vector<std::string>> resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (status != 0) {
    return fail(ErrorCode::kUnavailable, "The XMPP server's host " + host +
                                             " has no address: " + ::gai_strerror(status) + ".");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (addresses.empty())
    return fail(ErrorCode::kUnavailable, "No usable address for " + host + ".");
  return addresses;
}

// What an operator can do about it.
std::string advice(const StreamEnd& end, const std::string& domain) {
  if (end.condition == "conflict") {
    return "another connection holds this name, perhaps our own last one, half open; with Prosody "
           "set "
           "component_conflict_resolve = \"kick_old\"";
  }
  if (end.condition == "not-authorized") {
    return "the secret is not the one the server has for " + domain;
  }
  if (end.condition == "host-unknown" || end.condition == "invalid-from") {
    return "the server has no component " + domain;
  }
  if (end.condition == "not-well-formed" || end.condition == "invalid-xml") {
    return "the server could not read something we sent, which is a defect here: please report it";
  }
  return end.text;
}

std::optional<Stanza::Name> name_of(std::string_view name) {
  if (name == "message") return Stanza::Name::kMessage;
  if (name == "presence") return Stanza::Name::kPresence;
  if (name == "iq") return Stanza::Name::kIq;
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<StropheComponent>> StropheComponent::create(StropheOptions options,
                                                                   ComponentListener& listener) {
  auto addresses = resolve(options.host);
  if (!addresses) return tl::unexpected(addresses.error());
  return std::unique_ptr<StropheComponent>(
      new StropheComponent(std::move(options), std::move(*addresses), listener));
}

StropheComponent::StropheComponent(StropheOptions options, std::vector<std::string> addresses,
                                   ComponentListener& listener)
    : options_(std::move(options)),
      addresses_(std::move(addresses)),
      ping_prefix_(fmt::format("b{:x}-", options_.seed)),
      listener_(listener),
      link_(options_.domain, options_.secret),
      backoff_(options_.backoff_first, options_.backoff_longest, options_.seed),
      read_buffer_(kReadBytes, '\0') {}

StropheComponent::~StropheComponent() {
  // Politely, when nothing is in the way: the server then frees our name at once.
  constexpr std::string_view kEnd = "</stream:stream>";
  if (online() && bytes_waiting() == 0) {
    static_cast<void>(::send(socket_.get(), kEnd.data(), kEnd.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  }
}

// Sending.

bool StropheComponent::send(std::string_view stanzas) {
  const std::size_t waiting = bytes_waiting();
  if (!online() || (waiting > 0 && waiting + stanzas.size() > options_.send_buffer_bytes)) {
    ++counters_.sends_refused;
    return false;
  }
  outbound_ += stanzas;
  return true;
}

BarrierId StropheComponent::barrier(Time now) {
  return ping(now, /*ours=*/false);
}

BarrierId StropheComponent::ping(Time now, bool ours) {
  const bool full = outstanding_.size() >= options_.barriers_max ||
                    bytes_waiting() + kPingBytes > options_.send_buffer_bytes;
  if (!online() || (full && !ours)) return 0;  // ours must be able to find a server that hangs
  const BarrierId id = ++last_barrier_;
  const std::string text = ping_prefix_ + std::to_string(id);
  render(outbound_, PingRequest{.from = options_.domain, .to = options_.domain, .id = text});
  outstanding_.push_back({id, now, ours});
  if (!ours) ++counters_.barriers_sent;
  return id;
}

std::size_t StropheComponent::flush(Time now) {
  std::size_t total = 0;
  while (bytes_waiting() > 0) {
    const auto sent = ::send(socket_.get(), outbound_.data() + outbound_sent_, bytes_waiting(),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) lost(std::generic_category().message(errno), now);
      break;
    }
    outbound_sent_ += static_cast<std::size_t>(sent);
    total += static_cast<std::size_t>(sent);
  }
  // Moved to the front only when at least as much was sent as is left: linear over all.
  if (outbound_sent_ >= bytes_waiting()) {
    outbound_.erase(0, outbound_sent_);
    outbound_sent_ = 0;
  }
  counters_.bytes_out += total;
  return total;
}

// Connecting, and losing the connection.

void StropheComponent::start(Time now) {
  const std::string& address = addresses_[attempts_++ % addresses_.size()];
  deadline_ = now + options_.handshake_timeout;
  link_.hang_up();
  auto socket = link_.connect(address, options_.port, static_cast<int>(options_.send_buffer_bytes));
  state_ = State::kConnecting;
  if (!socket) return lost(socket.error().text, now);
  socket_ = std::move(*socket);
  filter_.emplace(StanzaFilter::Options{.stanza_bytes_max = options_.stanza_bytes_max,
                                        .depth_max = options_.depth_max});
}

void StropheComponent::finish_connecting(Time now) {
  pollfd ready{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&ready, 1, 0) <= 0) return;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return lost(std::generic_category().message(error), now);
  state_ = State::kOpening;
  heard_at_ = now;
  link_.feed("");  // libstrophe opens the stream
  link_.drain(outbound_);
}

void StropheComponent::lost(std::string_view reason, Time now) {
  const State before = state_;
  state_ = State::kWaiting;
  link_.hang_up();
  const StreamEnd& end = link_.last_end();
  const std::string why = end.condition.empty() ? std::string(reason) : end.condition;

  if (before == State::kOnline && now - online_since_ >= options_.stable_after) backoff_.reset();
  milliseconds delay = backoff_.next();
  if (end.condition == "conflict") {
    ++counters_.conflicts;
    delay = std::max(delay, options_.conflict_backoff);
  }
  retry_at_ = now + delay;
  log_loss(end, why, delay);

  socket_ = bridge::base::Fd();
  outbound_.clear();
  outbound_sent_ = 0;
  outstanding_.clear();
  if (before == State::kOnline) {
    ++counters_.disconnects;
    listener_.on_offline(why, now);
  } else {
    ++counters_.connects_failed;
  }
}

void StropheComponent::log_loss(const StreamEnd& end, std::string_view reason,
                                milliseconds delay) const {
  const std::string hint = advice(end, options_.domain);
  bridge::base::log::warning("XMPP server {} port {}: {}{}{}{}; next attempt in {:.1f} s",
                             options_.host, options_.port, reason, hint.empty() ? "" : " (", hint,
                             hint.empty() ? "" : ")", static_cast<double>(delay.count()) / 1000);
}

// Receiving.

std::size_t StropheComponent::turn(Time now) {
  if (state_ == State::kWaiting && now >= retry_at_) start(now);
  if (state_ == State::kConnecting) finish_connecting(now);
  std::size_t work = 0;
  if (state_ == State::kOpening || state_ == State::kOnline) work += receive(now);
  check_timeouts(now);
  if (state_ == State::kOpening || state_ == State::kOnline) work += flush(now);
  return work;
}

std::size_t StropheComponent::receive(Time now) {
  std::size_t total = 0;
  while (socket_ && total < options_.read_bytes_per_turn) {
    const auto got = ::recv(socket_.get(), read_buffer_.data(), read_buffer_.size(), MSG_DONTWAIT);
    if (got < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) lost(std::generic_category().message(errno), now);
      break;
    }
    if (got == 0) {
      lost("the server closed the connection", now);
      break;
    }
    const auto size = static_cast<std::size_t>(got);
    total += size;
    heard_at_ = now;
    filtered_.clear();
    refused_.clear();
    const bool whole = filter_->feed({read_buffer_.data(), size}, filtered_, refused_);
    parse(filtered_, now);
    for (const RefusedStanza& refused : refused_) handle_refused(refused, now);
    if (!whole && socket_) lost(filter_->failure(), now);
    if (size < read_buffer_.size()) break;
  }
  counters_.bytes_in += total;
  return total;
}

void StropheComponent::parse(std::string_view bytes, Time now) {
  while (!bytes.empty() && !link_.idle()) {
    const std::size_t taken = link_.feed(bytes);
    bytes.remove_prefix(taken);
    link_.drain(outbound_);
    notice_handshake(now);
    for (const Stanza& stanza : link_.take_stanzas()) handle(stanza, now);
    if (taken == 0 && !link_.idle()) return lost("libstrophe stopped reading", now);
  }
  if (link_.idle() && socket_) lost("the server ended the stream", now);
}

void StropheComponent::notice_handshake(Time now) {
  if (state_ != State::kOpening || !link_.authenticated()) return;
  state_ = State::kOnline;
  online_since_ = now;
  ++counters_.connects;
  bridge::base::log::info("online as {} at XMPP server {} port {}", options_.domain, options_.host,
                          options_.port);
  listener_.on_online(now);
}

void StropheComponent::handle(const Stanza& stanza, Time now) {
  ++counters_.stanzas_in;
  if (stanza.to.domain != options_.domain) {
    ++counters_.dropped_foreign;
  } else if (stanza.from.domain == options_.domain) {
    handle_own(stanza, now);
  } else {
    listener_.on_stanza(stanza, now);
  }
}

// From ourselves only our pings may come: as the request, come round by the server, or as an
// answer.
void StropheComponent::handle_own(const Stanza& stanza, Time now) {
  const bool bare = stanza.from.local.empty() && stanza.to.local.empty() &&
                    stanza.from.resource.empty() && stanza.to.resource.empty();
  const auto id = barrier_of(stanza.id);
  if (!bare || stanza.name != Stanza::Name::kIq || !id) {
    ++counters_.dropped_own;
    return;
  }
  if (stanza.type == "get") {  // a request must be answered, even one's own
    std::string answer;
    render(
        answer,
        IqResult{.from = options_.domain, .to = options_.domain, .id = stanza.id, .payload = {}});
    send(answer);
  }
  answered(*id, now);
}

std::optional<BarrierId> StropheComponent::barrier_of(std::string_view iq_id) const {
  if (!iq_id.starts_with(ping_prefix_)) return std::nullopt;
  iq_id.remove_prefix(ping_prefix_.size());
  BarrierId id = 0;
  const auto [end, error] = std::from_chars(iq_id.data(), iq_id.data() + iq_id.size(), id);
  if (error != std::errc() || end != iq_id.data() + iq_id.size()) return std::nullopt;
  return id;
}

// The stream keeps order, so an answer answers everything older too.
void StropheComponent::answered(BarrierId id, Time now) {
  while (!outstanding_.empty() && outstanding_.front().id <= id) {
    const Outstanding first = outstanding_.front();
    outstanding_.pop_front();
    if (first.ours) continue;
    ++counters_.barriers_answered;
    listener_.on_barrier(first.id, now - first.sent_at, now);
  }
}

void StropheComponent::handle_refused(const RefusedStanza& refused, Time now) {
  ++counters_.refused;
  const auto name = name_of(refused.head.name);
  const auto from = Jid::parse(refused.head.from);
  const auto to = Jid::parse(refused.head.to);
  if (!online() || !name || !from || !to) return;
  if (to->domain != options_.domain || from->domain == options_.domain) return;
  Stanza partial;
  partial.name = *name;
  partial.from = *from;
  partial.to = *to;
  partial.type = refused.head.type;
  partial.id = refused.head.id;
  listener_.on_refused(partial, refused.why, now);
}

// Time.

void StropheComponent::check_timeouts(Time now) {
  const bool opening = state_ == State::kConnecting || state_ == State::kOpening;
  if (opening && now >= deadline_) return lost("no connection in time", now);
  if (state_ != State::kOnline) return;
  if (outstanding_.empty()) {
    if (now - heard_at_ >= options_.quiet_ping) ping(now, /*ours=*/true);
  } else if (now - outstanding_.front().sent_at >= options_.ping_timeout) {
    ++counters_.barriers_timed_out;
    lost("a ping was not answered in time", now);
  }
}

bridge::base::Time StropheComponent::next_wakeup() const {
  switch (state_) {
    case State::kWaiting:
      return retry_at_;
    case State::kConnecting:
    case State::kOpening:
      return deadline_;
    case State::kOnline:
      break;
  }
  if (outstanding_.empty()) return heard_at_ + options_.quiet_ping;
  return outstanding_.front().sent_at + options_.ping_timeout;
}

StropheCounters StropheComponent::counters() const {
  StropheCounters counters = counters_;
  counters.dropped_nameless = link_.unreadable();
  return counters;
}

}  // namespace gateway::xmpp
