// xmpp_pump: how fast an XMPP server takes chat messages from a component that does nothing else.
//
//   xmpp_pump --port 5347 --domain im.localhost --secret S --to alice@localhost --count 20000
//
// The comparison side of the delivery bench: plain libstrophe, the same stanzas and the same
// barrier as the gateway's (an XEP-0199 ping to our own domain behind every so many messages, a few
// unanswered at most), none of the gateway's own work. Prints one line of JSON; everything else
// goes to stderr. Ends by itself: 0 when every barrier came back, otherwise 1.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strophe.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string host = "127.0.0.1";  // a literal address: names are looked up blocking
  std::uint16_t port = 5347;
  std::string domain;
  std::string secret;
  std::string from;             // default: lapwing@ the domain
  std::vector<std::string> to;  // in turns
  std::uint64_t count = 10'000;
  double seconds = 0;            // with it: so long, whatever the count
  std::uint64_t batch = 50;      // messages in one write
  std::uint64_t barrier = 100;   // messages between two pings
  std::uint64_t unanswered = 4;  // pings, at most
  std::uint64_t first_id = 1;    // ids are p<first_id>, p<first_id + 1>, …
  std::size_t body = 140;        // bytes
  bool receipts = false;         // ask for XEP-0184 receipts
  std::uint64_t timeout = 120;   // seconds, for the whole run
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

int refuse_socket(xmpp_conn_t*, void*) {
  return -1;
}

int tune_socket(xmpp_conn_t*, void* socket) {
  const int fd = *static_cast<int*>(socket);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd < FD_SETSIZE ? 0 : -1;  // libstrophe waits with select()
}

class Pump {
 public:
  explicit Pump(const Options& options) : options_(options) {
    xmpp_initialize();
    context_ = xmpp_ctx_new(nullptr, nullptr);
    connection_ = xmpp_conn_new(context_);
    text_.assign(options_.body, ' ');
    for (std::size_t i = 0; i < text_.size(); ++i)
      if (i % 6 != 5) text_[i] = static_cast<char>('a' + i * 7 % 26);
  }
  ~Pump() {
    xmpp_conn_release(connection_);
    xmpp_ctx_free(context_);
    xmpp_shutdown();
  }
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  // Throws when the server will not have us or the time is up.
  void run();

 private:
  void connect();
  // One turn of libstrophe's loop, waiting for something to read for that long.
  void turn(unsigned long wait_ms);
  // Everything to be written was, a barrier behind it.
  bool finished() const;
  void write_batch();
  void append_message(std::string& out, std::uint64_t number) const;
  void append_ping(std::string& out, std::uint64_t number) const;
  void on_iq(xmpp_stanza_t* iq);
  void report(double seconds, double cpu) const;

  static void on_connection(xmpp_conn_t*, xmpp_conn_event_t event, int, xmpp_stream_error_t* error,
                            void* self);
  static int on_stanza(xmpp_conn_t*, xmpp_stanza_t* stanza, void* self);

  const Options& options_;
  const Clock::time_point deadline_ = Clock::now() + std::chrono::seconds(options_.timeout);
  xmpp_ctx_t* context_ = nullptr;
  xmpp_conn_t* connection_ = nullptr;
  std::string text_;
  std::string buffer_;

  Clock::time_point began_;
  bool connected_ = false;
  bool lost_ = false;
  std::string why_;
  std::uint64_t messages_ = 0;
  std::uint64_t pings_ = 0;
  std::uint64_t pongs_ = 0;  // they come back in order
  std::uint64_t errors_ = 0;
};

void Pump::connect() {
  xmpp_conn_set_jid(connection_, options_.domain.c_str());
  xmpp_conn_set_pass(connection_, options_.secret.c_str());
  // Only this call allocates what component mode goes on to use; its socket is refused.
  xmpp_conn_set_sockopt_callback(connection_, refuse_socket);
  xmpp_connect_client(connection_, "127.0.0.1", 1, on_connection, this);
  xmpp_conn_set_sockopt_callback(connection_, tune_socket);
  xmpp_handler_add(connection_, on_stanza, nullptr, nullptr, nullptr, this);
  if (xmpp_connect_component(connection_, options_.host.c_str(), options_.port, on_connection,
                             this) != XMPP_EOK)
    throw std::runtime_error("cannot connect to " + options_.host);
  while (!connected_) turn(100);
}

void Pump::on_connection(xmpp_conn_t*, xmpp_conn_event_t event, int, xmpp_stream_error_t* error,
                         void* self) {
  auto& pump = *static_cast<Pump*>(self);
  pump.connected_ = event == XMPP_CONN_CONNECT;
  pump.lost_ = !pump.connected_;
  if (error && error->text) pump.why_ = error->text;
}

int Pump::on_stanza(xmpp_conn_t*, xmpp_stanza_t* stanza, void* self) {
  auto& pump = *static_cast<Pump*>(self);
  const char* name = xmpp_stanza_get_name(stanza);
  const char* type = xmpp_stanza_get_type(stanza);
  if (name && std::strcmp(name, "iq") == 0)
    pump.on_iq(stanza);
  else if (type && std::strcmp(type, "error") == 0)
    ++pump.errors_;
  return 1;
}

// Our ping comes back as itself, or as an answer to it, as the server likes.
void Pump::on_iq(xmpp_stanza_t* iq) {
  const char* id = xmpp_stanza_get_id(iq);
  if (id && id == "b" + std::to_string(pongs_)) ++pongs_;
}

void Pump::turn(unsigned long wait_ms) {
  xmpp_run_once(context_, wait_ms);
  if (lost_) throw std::runtime_error("the server ended the stream: " + why_);
  if (Clock::now() > deadline_) throw std::runtime_error("the time is up");
}

void Pump::append_message(std::string& out, std::uint64_t number) const {
  out += "<message from='";
  out += options_.from;
  out += "' to='";
  out += options_.to[number % options_.to.size()];
  out += "' id='p";
  out += std::to_string(options_.first_id + number);
  out += "' type='chat'><body>";
  out += text_;
  out += "</body>";
  if (options_.receipts) out += "<request xmlns='urn:xmpp:receipts'/>";
  out += "</message>";
}

void Pump::append_ping(std::string& out, std::uint64_t number) const {
  out += "<iq from='";
  out += options_.domain;
  out += "' to='";
  out += options_.domain;
  out += "' id='b";
  out += std::to_string(number);
  out += "' type='get'><ping xmlns='urn:xmpp:ping'/></iq>";
}

void Pump::write_batch() {
  buffer_.clear();
  const auto to_barrier = options_.barrier - messages_ % options_.barrier;
  auto left = std::min(options_.batch, to_barrier);
  if (options_.seconds <= 0) left = std::min(left, options_.count - messages_);
  for (; left > 0; --left) append_message(buffer_, messages_++);
  if (messages_ % options_.barrier == 0 || (options_.seconds <= 0 && messages_ == options_.count))
    append_ping(buffer_, pings_++);
  xmpp_send_raw(connection_, buffer_.data(), buffer_.size());
}

bool Pump::finished() const {
  if (options_.seconds <= 0) return messages_ == options_.count;
  return messages_ % options_.barrier == 0 &&
         Clock::now() - began_ >= std::chrono::duration<double>(options_.seconds);
}

void Pump::run() {
  connect();
  began_ = Clock::now();
  const double cpu = cpu_seconds();
  bool all_written = false;
  while (!all_written || pongs_ < pings_) {
    const bool may_write = !all_written && pings_ - pongs_ < options_.unanswered;
    if (may_write) write_batch();
    all_written = all_written || finished();
    turn(may_write ? 0 : 10);
  }
  report(std::chrono::duration<double>(Clock::now() - began_).count(), cpu_seconds() - cpu);
}

void Pump::report(double seconds, double cpu) const {
  std::printf(
      "{\"bench\":\"pump\",\"messages\":%llu,\"recipients\":%zu,\"batch\":%llu,"
      "\"body_bytes\":%zu,\"seconds\":%.6f,\"per_second\":%.1f,\"cpu_seconds\":%.6f,"
      "\"errors\":%llu}\n",
      static_cast<unsigned long long>(messages_), options_.to.size(),
      static_cast<unsigned long long>(options_.batch), options_.body, seconds,
      static_cast<double>(messages_) / seconds, cpu, static_cast<unsigned long long>(errors_));
}

// What goes into an attribute as it is.
std::string plain(const std::string& jid) {
  return jid.find_first_of("<>&'\"") == std::string::npos ? "" : "no markup in an address, please";
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Pumps chat messages into an XMPP server as a component.");
  app.add_option("--host", options.host, "address of the server")->capture_default_str();
  app.add_option("--port", options.port, "its component port")->capture_default_str();
  app.add_option("--domain", options.domain, "the component's domain")->required()->check(plain);
  app.add_option("--secret", options.secret, "its secret")->required();
  app.add_option("--from", options.from, "sender; lapwing@ the domain by default")->check(plain);
  app.add_option("--to", options.to, "recipients, in turns")->required()->check(plain);
  app.add_option("--count", options.count, "messages")->capture_default_str();
  app.add_option("--seconds", options.seconds, "for so long, instead of a number of messages");
  app.add_option("--batch", options.batch, "messages in one write")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--barrier", options.barrier, "messages between two pings")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--unanswered", options.unanswered, "pings on their way, at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--body", options.body, "bytes of a body")->capture_default_str();
  app.add_option("--first-id", options.first_id, "number of the first message's id")
      ->capture_default_str();
  app.add_flag("--receipts", options.receipts, "ask for receipts");
  app.add_option("--timeout", options.timeout, "seconds for the whole run")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (options.from.empty()) options.from = "lapwing@" + options.domain;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    Pump(options).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "xmpp_pump: %s\n", error.what());
    return 1;
  }
  return 0;
}
