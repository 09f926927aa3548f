#include "gateway/xmpp/strophe_link.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strophe.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <new>
#include <system_error>
#include <utility>

#include "bridge/base/log.h"
#include "gateway/xmpp/fallback.h"

namespace gateway::xmpp {
namespace {

using bridge::base::ErrorCode;
using bridge::base::fail;
using bridge::base::Fd;
using bridge::base::Result;

constexpr std::size_t kReadBytes = 4096;  // what libstrophe reads in one round
constexpr int kRoundsMax = 16;            // of its loop in one call here; two or three are used

std::string system_text() {
  return std::generic_category().message(errno);
}

// From libstrophe's tree to our struct.

std::string text_or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

std::string attribute(xmpp_stanza_t* stanza, const char* name) {
  return text_or_empty(xmpp_stanza_get_attribute(stanza, name));
}

// The character data of an element; XML allows it in several pieces.
std::string content(xmpp_stanza_t* element) {
  std::string text;
  xmpp_stanza_t* child = xmpp_stanza_get_children(element);
  for (; child != nullptr; child = xmpp_stanza_get_next(child)) {
    if (xmpp_stanza_is_text(child)) text += text_or_empty(xmpp_stanza_get_text_ptr(child));
  }
  return text;
}

xmpp_stanza_t* child_in(xmpp_stanza_t* stanza, const char* name, const char* ns) {
  return xmpp_stanza_get_child_by_name_and_ns(stanza, name, ns);
}

// A child in the stanza's own namespace: <body/> and not somebody's <body xmlns='…'/>.
xmpp_stanza_t* own_child(xmpp_stanza_t* stanza, const char* name) {
  const char* ns = xmpp_stanza_get_ns(stanza);
  return ns == nullptr ? xmpp_stanza_get_child_by_name(stanza, name) : child_in(stanza, name, ns);
}

std::string own_text(xmpp_stanza_t* stanza, const char* name) {
  xmpp_stanza_t* child = own_child(stanza, name);
  return child == nullptr ? "" : content(child);
}

xmpp_stanza_t* first_element(xmpp_stanza_t* stanza) {
  xmpp_stanza_t* child = xmpp_stanza_get_children(stanza);
  while (child != nullptr && !xmpp_stanza_is_tag(child)) child = xmpp_stanza_get_next(child);
  return child;
}

// The name of the first child in `ns` that is not <text/>: how XMPP writes error conditions.
std::string condition_of(xmpp_stanza_t* error, std::string_view ns) {
  xmpp_stanza_t* child = xmpp_stanza_get_children(error);
  for (; child != nullptr; child = xmpp_stanza_get_next(child)) {
    if (!xmpp_stanza_is_tag(child)) continue;
    const std::string name = text_or_empty(xmpp_stanza_get_name(child));
    if (text_or_empty(xmpp_stanza_get_ns(child)) == ns && name != "text") return name;
  }
  return "";
}

// The id of the message that this one takes back; earlier versions of XEP-0424 wrap it.
std::string retracted_by(xmpp_stanza_t* in) {
  if (xmpp_stanza_t* retract = child_in(in, "retract", "urn:xmpp:message-retract:1")) {
    return attribute(retract, "id");
  }
  xmpp_stanza_t* apply_to = child_in(in, "apply-to", "urn:xmpp:fasten:0");
  const bool retracts =
      apply_to != nullptr && child_in(apply_to, "retract", "urn:xmpp:message-retract:0") != nullptr;
  return retracts ? attribute(apply_to, "id") : "";
}

std::size_t number(const std::string& text, std::size_t otherwise) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

// XEP-0461, and XEP-0428 for the quotation that older clients put before the answer.
void read_reply(xmpp_stanza_t* in, Stanza& out) {
  xmpp_stanza_t* reply = child_in(in, "reply", "urn:xmpp:reply:0");
  if (reply == nullptr) return;
  out.reply_to = attribute(reply, "id");
  xmpp_stanza_t* child = xmpp_stanza_get_children(in);
  for (; child != nullptr; child = xmpp_stanza_get_next(child)) {
    if (!xmpp_stanza_is_tag(child) || !out.body) continue;
    if (text_or_empty(xmpp_stanza_get_ns(child)) != "urn:xmpp:fallback:0" ||
        attribute(child, "for") != "urn:xmpp:reply:0")
      continue;
    xmpp_stanza_t* range = xmpp_stanza_get_child_by_name(child, "body");
    const std::size_t start = range == nullptr ? 0 : number(attribute(range, "start"), 0);
    const std::size_t end =
        range == nullptr ? kToTheEnd : number(attribute(range, "end"), kToTheEnd);
    out.body = without_range(*out.body, start, end);
    return;
  }
}

// XEP-0444.
void read_reactions(xmpp_stanza_t* in, Stanza& out) {
  xmpp_stanza_t* reactions = child_in(in, "reactions", "urn:xmpp:reactions:0");
  if (reactions == nullptr) return;
  out.reacts_to = attribute(reactions, "id");
  out.reacts = xmpp_stanza_get_child_by_name(reactions, "reaction") != nullptr;
}

void read_message(xmpp_stanza_t* in, Stanza& out) {
  if (xmpp_stanza_t* body = own_child(in, "body")) out.body = content(body);
  read_reply(in, out);
  read_reactions(in, out);
  if (xmpp_stanza_t* origin = child_in(in, "origin-id", "urn:xmpp:sid:0")) {
    out.origin_id = attribute(origin, "id");
  }
  out.receipt_requested = child_in(in, "request", "urn:xmpp:receipts") != nullptr;
  if (xmpp_stanza_t* received = child_in(in, "received", "urn:xmpp:receipts")) {
    out.receipt_for = attribute(received, "id");
  }
  if (xmpp_stanza_t* replace = child_in(in, "replace", "urn:xmpp:message-correct:0")) {
    out.replaces = attribute(replace, "id");
  }
  out.retracts = retracted_by(in);
  if (xmpp_stanza_t* confirm = child_in(in, "confirm", "http://jabber.org/protocol/http-auth")) {
    out.confirms = attribute(confirm, "id");
  }
  out.delayed = child_in(in, "delay", "urn:xmpp:delay") != nullptr;
}

void read_presence(xmpp_stanza_t* in, Stanza& out) {
  out.show = own_text(in, "show");
  const std::string priority = own_text(in, "priority");
  int value = 0;
  std::from_chars(priority.data(), priority.data() + priority.size(), value);
  out.priority = std::clamp(value, -128, 127);
}

// Calls `take` with each child that is an element.
template <class Take>
void for_each_element(xmpp_stanza_t* parent, Take take) {
  xmpp_stanza_t* child = xmpp_stanza_get_children(parent);
  for (; child != nullptr; child = xmpp_stanza_get_next(child))
    if (xmpp_stanza_is_tag(child)) take(child, text_or_empty(xmpp_stanza_get_name(child)));
}

// XEP-0004.
FilledForm read_form(xmpp_stanza_t* in) {
  FilledForm form;
  form.cancelled = attribute(in, "type") == "cancel";
  for_each_element(in, [&form](xmpp_stanza_t* field, const std::string& name) {
    if (name != "field") return;
    auto& [var, values] = form.fields.emplace_back(attribute(field, "var"), 0);
    for_each_element(field, [&values](xmpp_stanza_t* value, const std::string& kind) {
      if (kind == "value") values.push_back(content(value));
    });
  });
  return form;
}

// XEP-0077 without a form: an element for each field.
void read_registration(xmpp_stanza_t* query, Stanza& out) {
  FilledForm form;
  for_each_element(query, [&](xmpp_stanza_t* child, const std::string& name) {
    if (name == "remove")
      out.unregisters = true;
    else if (name != "x")
      form.fields.emplace_back(name, std::vector<std::string>{content(child)});
  });
  if (!form.fields.empty()) out.form = std::move(form);
}

void read_iq(xmpp_stanza_t* in, Stanza& out) {
  xmpp_stanza_t* query = first_element(in);
  if (query == nullptr) return;
  out.query_name = text_or_empty(xmpp_stanza_get_name(query));
  out.query_ns = text_or_empty(xmpp_stanza_get_ns(query));
  out.query_node = attribute(query, "node");
  out.command_action = attribute(query, "action");
  out.command_session = attribute(query, "sessionid");
  if (out.query_ns == "jabber:iq:register") read_registration(query, out);
  if (xmpp_stanza_t* form = child_in(query, "x", "jabber:x:data")) out.form = read_form(form);
}

void read_error(xmpp_stanza_t* in, Stanza& out) {
  xmpp_stanza_t* error = own_child(in, "error");
  if (error == nullptr) return;
  out.error_type = attribute(error, "type");
  out.error_condition = condition_of(error, XMPP_NS_STANZAS_IETF);
}

std::optional<Stanza::Name> name_of(xmpp_stanza_t* stanza) {
  const std::string name = text_or_empty(xmpp_stanza_get_name(stanza));
  if (name == "message") return Stanza::Name::kMessage;
  if (name == "presence") return Stanza::Name::kPresence;
  if (name == "iq") return Stanza::Name::kIq;
  return std::nullopt;
}

std::optional<Stanza> read_stanza(xmpp_stanza_t* in) {
  const auto name = name_of(in);
  const auto from = Jid::parse(attribute(in, "from"));
  const auto to = Jid::parse(attribute(in, "to"));
  if (!name || !from || !to) return std::nullopt;
  Stanza out;
  out.name = *name;
  out.from = *from;
  out.to = *to;
  out.type = attribute(in, "type");
  out.id = attribute(in, "id");
  switch (out.name) {
    case Stanza::Name::kMessage:
      read_message(in, out);
      break;
    case Stanza::Name::kPresence:
      read_presence(in, out);
      break;
    case Stanza::Name::kIq:
      read_iq(in, out);
      break;
  }
  if (out.type == "error") read_error(in, out);
  return out;
}

// libstrophe formats every debug line before it asks; what is below a warning ends here, unread,
// because it holds whole stanzas.
void on_log(void*, xmpp_log_level_t level, const char* area, const char* text) {
  if (level == XMPP_LEVEL_WARN) bridge::base::log::warning("libstrophe {}: {}", area, text);
  if (level == XMPP_LEVEL_ERROR) bridge::base::log::error("libstrophe {}: {}", area, text);
}

const xmpp_log_t kLog = {on_log, nullptr};

// The socket callbacks get no user data: what the connect() in progress on this thread wants of the
// socket, and the descriptor it got.
struct Connecting {
  int kernel_buffer_bytes = 0;
  int fd = -1;
};
thread_local Connecting connecting;

int refuse_socket(xmpp_conn_t*, void*) {
  return -1;
}

int keep_socket(xmpp_conn_t*, void* socket) {
  const int fd = *static_cast<int*>(socket);
  if (fd >= FD_SETSIZE) {  // libstrophe waits with select(), which would write beyond its sets
    bridge::base::log::error(
        "the XMPP connection got descriptor {}, only below {} works: too many are open", fd,
        FD_SETSIZE);
    return -1;
  }
  const int on = 1;
  const int bytes = connecting.kernel_buffer_bytes;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  connecting.fd = fd;
  return 0;
}

void initialize_once() {
  static const bool done = (xmpp_initialize(), true);
  static_cast<void>(done);
}

}  // namespace

struct StropheLink::Impl {
  xmpp_ctx_t* context = nullptr;
  xmpp_conn_t* connection = nullptr;
  Fd pair;              // our end; libstrophe has the other
  bool active = false;  // between a connect() that worked and libstrophe's report of the end
  bool authenticated = false;
  std::vector<Stanza> inbox;
  StreamEnd end;
  std::uint64_t unreadable = 0;

  void prepare();
  bool relay(int library_fd, Fd& socket);
  void run_once() { xmpp_run_once(context, 0); }
  bool unread() const;
  void ended(xmpp_stream_error_t* error);

  static void on_connection(xmpp_conn_t*, xmpp_conn_event_t event, int, xmpp_stream_error_t* error,
                            void* self) noexcept;
  static int on_stanza(xmpp_conn_t*, xmpp_stanza_t* stanza, void* self) noexcept;
};

void StropheLink::Impl::on_connection(xmpp_conn_t*, xmpp_conn_event_t event, int,
                                      xmpp_stream_error_t* error, void* self) noexcept {
  auto& impl = *static_cast<Impl*>(self);
  if (event == XMPP_CONN_CONNECT) {
    impl.authenticated = true;
  } else {
    impl.ended(error);
  }
}

int StropheLink::Impl::on_stanza(xmpp_conn_t*, xmpp_stanza_t* stanza, void* self) noexcept {
  auto& impl = *static_cast<Impl*>(self);
  if (auto read = read_stanza(stanza)) {
    impl.inbox.push_back(std::move(*read));
  } else {
    ++impl.unreadable;
  }
  return 1;  // keep the handler
}

void StropheLink::Impl::ended(xmpp_stream_error_t* error) {
  active = false;
  authenticated = false;
  end = {};
  if (error == nullptr) return;
  // Read from the stanza itself: libstrophe's enumeration lacks RFC 6120's newer conditions.
  if (error->stanza != nullptr) end.condition = condition_of(error->stanza, XMPP_NS_STREAMS_IETF);
  end.text = text_or_empty(error->text);
}

// xmpp_connect_component() leaves the connection's stream management state unallocated, and
// everything that handles a stanza reads through it: a crash right after the handshake.
// xmpp_connect_client() allocates it, before it gets as far as a socket; with the socket refused
// nothing else happens, and the state then lives as long as the connection object. Once for each of
// those is enough.
void StropheLink::Impl::prepare() {
  xmpp_conn_set_sockopt_callback(connection, refuse_socket);
  xmpp_connect_client(connection, "127.0.0.1", 1, on_connection, this);
  xmpp_conn_set_sockopt_callback(connection, keep_socket);
}

// Puts a socket pair between libstrophe and the socket that it just opened.
bool StropheLink::Impl::relay(int library_fd, Fd& socket) {
  std::array<int, 2> ends{};
  socket = Fd(::fcntl(library_fd, F_DUPFD_CLOEXEC, 0));
  if (!socket) return false;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return false;
  }
  pair = Fd(ends[0]);
  const Fd theirs(ends[1]);
  return ::dup3(theirs.get(), library_fd, O_CLOEXEC) >= 0;
}

// Whether libstrophe has yet to read what was written to it.
bool StropheLink::Impl::unread() const {
  int bytes = 0;
  return pair && ::ioctl(pair.get(), SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

StropheLink::StropheLink(const std::string& domain, const std::string& secret)
    : impl_(std::make_unique<Impl>()) {
  initialize_once();
  impl_->context = xmpp_ctx_new(nullptr, &kLog);
  if (impl_->context == nullptr) throw std::bad_alloc();
  impl_->connection = xmpp_conn_new(impl_->context);
  if (impl_->connection == nullptr) throw std::bad_alloc();
  xmpp_conn_set_jid(impl_->connection, domain.c_str());
  xmpp_conn_set_pass(impl_->connection, secret.c_str());
  impl_->prepare();
  // One handler for everything: libstrophe takes each (handler, user data) once, and keeps it over
  // reconnects.
  xmpp_handler_add(impl_->connection, Impl::on_stanza, nullptr, nullptr, nullptr, impl_.get());
}

StropheLink::~StropheLink() {
  hang_up();
  xmpp_conn_release(impl_->connection);
  xmpp_ctx_free(impl_->context);
}

Result<Fd> StropheLink::connect(const std::string& address, std::uint16_t port,
                                int kernel_buffer_bytes) {
  impl_->inbox.clear();
  impl_->end = {};
  connecting = {.kernel_buffer_bytes = kernel_buffer_bytes, .fd = -1};
  const int status = xmpp_connect_component(impl_->connection, address.c_str(), port,
                                            Impl::on_connection, impl_.get());
  if (status != XMPP_EOK) {
    return fail(ErrorCode::kUnavailable, "cannot connect to " + address + ": " + system_text());
  }
  impl_->active = true;
  Fd socket;
  if (!impl_->relay(connecting.fd, socket)) {
    const std::string why = system_text();
    ::shutdown(connecting.fd, SHUT_RDWR);
    hang_up();
    return fail(ErrorCode::kUnavailable, "no descriptors for the XMPP connection: " + why);
  }
  return socket;
}

bool StropheLink::idle() const {
  return !impl_->active;
}

bool StropheLink::authenticated() const {
  return impl_->authenticated;
}

std::size_t StropheLink::feed(std::string_view bytes) {
  if (!impl_->active) return 0;
  std::size_t taken = 0;
  if (!bytes.empty()) {
    const auto sent =
        ::send(impl_->pair.get(), bytes.data(), std::min(bytes.size(), kReadBytes), MSG_NOSIGNAL);
    if (sent > 0) taken = static_cast<std::size_t>(sent);
  }
  // One round reads; before that libstrophe may have to find out that it is connected, and what its
  // handlers queued leaves with the round after.
  int rounds = 0;
  do {
    impl_->run_once();
  } while (impl_->active && impl_->unread() && ++rounds < kRoundsMax);
  if (impl_->active && !impl_->authenticated) impl_->run_once();
  return taken;
}

std::size_t StropheLink::drain(std::string& out) {
  std::array<char, kReadBytes> buffer;
  std::size_t total = 0;
  while (impl_->pair) {
    const auto got = ::recv(impl_->pair.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
    total += static_cast<std::size_t>(got);
  }
  return total;
}

void StropheLink::hang_up() {
  // Only our writing side: libstrophe sees the end, while what it may still write finds a reader
  // and raises no SIGPIPE.
  if (impl_->pair) ::shutdown(impl_->pair.get(), SHUT_WR);
  for (int round = 0; impl_->active && round < kRoundsMax; ++round) impl_->run_once();
  impl_->pair = Fd();
}

std::vector<Stanza> StropheLink::take_stanzas() {
  return std::exchange(impl_->inbox, {});
}

const StreamEnd& StropheLink::last_end() const {
  return impl_->end;
}

std::uint64_t StropheLink::unreadable() const {
  return impl_->unreadable;
}

}  // namespace gateway::xmpp
