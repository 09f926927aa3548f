// delivery_meter: the people and the stopwatch of the delivery bench, in one process and so on one
// clock. It logs in everybody who will receive, publishes posts like a website would, and measures
// what arrives. Which part runs when is up to whoever writes commands to its stdin (delivery.py):
//
//   watch W S [PID…]         somebody else sends: what arrives in S seconds, W after the first;
//                            with the CPU used by this process and those in that time
//   flood F W S [PID…]       posts with F recipients each, as fast as they are delivered
//   posts F RATE S           RATE posts a second for S seconds: how long each delivery takes
//   plain F RATE S           the same with messages from one client to F others
//   bye
//
// Each command is answered with one line of JSON; a line {"ready":N} comes first. Anything that
// goes wrong ends the program with 1 and a sentence on stderr.
//
// A post for one recipient holds a word that only this person tracks; one for everybody is by an
// author whom everybody follows. Everything sent here carries its number between two ~.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bridge/client/zmq_backbone.h"
#include "bridge/wire/socket.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/xmpp_sink.h"

namespace bench {
namespace {

using std::chrono::milliseconds;

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5222;
  std::string bridge;                  // endpoint of the web lane
  std::string people;                  // file: a line JID PASSWORD for each recipient
  std::vector<std::string> sender;     // JID and password of who sends the plain messages
  std::string author = "bench";        // of posts for one
  std::string word = "solo";           // person n tracks this word with n behind it
  std::string crowd_author = "crowd";  // followed by everybody
  std::size_t body = 140;              // bytes of a message's body
  std::size_t waiting_max = 10'000;    // deliveries published and not yet there
  std::size_t requests_max = 1000;     // publishes without an answer
};

// While flooding, everything that came in so long is read in one go: fewer, larger reads leave the
// CPU to those who are measured.
constexpr milliseconds kNap{5};
constexpr milliseconds kQuiet{100};        // nothing more came for so long: that was all
constexpr std::chrono::seconds kLate{30};  // what has not come by then is lost

class Meter : private bridge::client::Listener {
 public:
  explicit Meter(const Options& options);
  // Reads commands until `bye` or the end of stdin.
  void run();

 private:
  struct Sent {
    Time at;
    std::size_t arrived = 0;
  };
  // What has come so far, for throughput.
  struct Totals {
    Moment moment;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
  };

  void log_in_everybody();
  void connect_bridge();
  bool obey(const std::string& line);

  void watch(double warm, double seconds, const std::vector<int>& pids);
  void flood(std::size_t fan_out, double warm, double seconds, const std::vector<int>& pids);
  void posts(std::size_t fan_out, double rate, double seconds);
  void plain(std::size_t fan_out, double rate, double seconds);
  // Calls `send` at a steady rate, waits for the rest, reports the latencies.
  template <class Send>
  void pace(std::size_t fan_out, double rate, double seconds, Send send);

  void publish(std::size_t fan_out);
  void say(std::size_t fan_out);
  std::string body(std::string_view beginning, std::size_t bytes) const;
  Totals totals(const std::vector<int>& pids) const;
  static void report(const Totals& from, const Totals& to);

  // Waits for something to happen, at most so long, and handles what did.
  void turn(milliseconds wait);
  // Sleeps, then handles everything that came meanwhile.
  void nap();
  void take_in();
  void take(std::string_view message);
  // Until everything that was sent is there, and nothing more comes.
  void settle(std::size_t fan_out);

  void on_connected(const bridge::wire::Welcome&) override {}
  void on_lost(std::string_view reason) override;
  void on_reply(bridge::client::RequestId id, const bridge::wire::Reply& reply) override;
  void on_batch(std::uint64_t, const bridge::wire::Batch&) override {}
  void on_gap(const bridge::wire::Gap&) override {}

  const Options& options_;
  XmppSink sink_;
  std::size_t people_ = 0;
  std::vector<std::string> jids_;
  std::size_t sender_ = 0;  // this client of the sink's
  bridge::wire::Context context_;
  bridge::client::ZmqBackbone backbone_;
  bridge::wire::Poller poller_;
  std::size_t commands_slot_ = 0;

  std::uint64_t next_number_ = 1;   // of what is sent from here; unique in this process
  std::uint64_t first_number_ = 1;  // of this command
  std::vector<Sent> sent_;          // of this command, by number
  std::vector<double> latencies_us_;
  std::uint64_t unanswered_ = 0;
  std::uint64_t expected_ = 0;  // messages, over all
  std::uint64_t messages_ = 0;  // that came, over all
  std::uint64_t bytes_ = 0;
  Time heard_at_;  // when the last message came
};

Meter::Meter(const Options& options)
    : options_(options),
      sink_(options.host, options.port),
      backbone_(context_,
                {.endpoint = options.bridge,
                 .client = fmt::format("bench-{}", ::getpid()),
                 .software = "delivery_meter",
                 .requests_max = options.requests_max},
                *this) {
  log_in_everybody();
  connect_bridge();
  poller_.add(backbone_.dealer());
  poller_.add_fd(sink_.fd());
  commands_slot_ = poller_.add_fd(STDIN_FILENO);
}

void Meter::log_in_everybody() {
  std::ifstream file(options_.people);
  std::string jid;
  std::string password;
  while (file >> jid >> password) {
    sink_.log_in(jid, password);
    jids_.push_back(jid);
  }
  people_ = jids_.size();
  if (people_ == 0) throw std::runtime_error("nobody stands in " + options_.people);
  sender_ = sink_.log_in(options_.sender.at(0), options_.sender.at(1));
}

void Meter::connect_bridge() {
  if (!backbone_.wait([this] { return backbone_.connected(); }, milliseconds(5000)))
    throw std::runtime_error("no bridge: " + backbone_.trouble());
}

void Meter::run() {
  fmt::print("{{\"ready\":{}}}\n", people_);
  std::fflush(stdout);
  for (;;) {
    turn(milliseconds(50));
    if (!poller_.readable(commands_slot_)) continue;
    std::string line;
    if (!std::getline(std::cin, line) || !obey(line)) return;
    std::fflush(stdout);
  }
}

bool Meter::obey(const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  std::size_t fan_out = 0;
  double first = 0;
  double second = 0;
  words >> verb;
  if (verb == "bye") return false;
  if (verb != "watch") words >> fan_out;
  words >> first >> second;
  if (!words || (fan_out != 1 && fan_out != people_ && verb != "watch"))
    throw std::runtime_error("not a command: " + line);
  const std::vector<int> pids{std::istream_iterator<int>(words), {}};
  first_number_ = next_number_;
  sent_.clear();
  latencies_us_.clear();
  if (verb == "watch") {
    watch(first, second, pids);
  } else if (verb == "flood") {
    flood(fan_out, first, second, pids);
  } else if (verb == "posts") {
    posts(fan_out, first, second);
  } else if (verb == "plain") {
    plain(fan_out, first, second);
  } else {
    throw std::runtime_error("not a command: " + line);
  }
  return true;
}

// ---- throughput --------------------------------------------------------------------------------

Meter::Totals Meter::totals(const std::vector<int>& pids) const {
  return {.moment = moment(pids), .messages = messages_, .bytes = bytes_};
}

void Meter::report(const Totals& from, const Totals& to) {
  print_spent(from.moment, to.moment,
              fmt::format("\"messages\":{},\"bytes\":{}", to.messages - from.messages,
                          to.bytes - from.bytes));
}

void Meter::watch(double warm, double seconds, const std::vector<int>& pids) {
  const Time patience = clock_now() + kLate;
  const std::uint64_t before = messages_;
  while (messages_ == before) {
    nap();
    if (clock_now() > patience) throw std::runtime_error("nothing came");
  }
  const auto until = [this](Time then) {
    while (clock_now() < then) nap();
  };
  until(after(clock_now(), warm));
  const Totals from = totals(pids);
  until(after(from.moment.at, seconds));
  const Totals to = totals(pids);
  while (clock_now() - heard_at_ < kQuiet) nap();
  expected_ = messages_;
  report(from, to);
}

void Meter::flood(std::size_t fan_out, double warm, double seconds, const std::vector<int>& pids) {
  const auto until = [&](Time then) {
    while (clock_now() < then) {
      while (unanswered_ < options_.requests_max &&
             expected_ + fan_out <= messages_ + options_.waiting_max) {
        publish(fan_out);
      }
      nap();
    }
  };
  until(after(clock_now(), warm));
  const Totals from = totals(pids);
  until(after(from.moment.at, seconds));
  const Totals to = totals(pids);
  settle(fan_out);
  report(from, to);
}

// ---- latency -----------------------------------------------------------------------------------

template <class Send>
void Meter::pace(std::size_t fan_out, double rate, double seconds, Send send) {
  const auto count = static_cast<std::uint64_t>(rate * seconds);
  const Time began = clock_now();
  for (std::uint64_t n = 0; n < count; ++n) {
    const Time due = after(began, static_cast<double>(n) / rate);
    for (Time now = clock_now(); now < due; now = clock_now())
      turn(std::chrono::ceil<milliseconds>(due - now));
    send();
    turn(milliseconds(0));
  }
  settle(fan_out);
  const double p50 = percentile(latencies_us_, 0.50);
  const double p99 = percentile(latencies_us_, 0.99);
  fmt::print(
      "{{\"messages\":{},\"fan_out\":{},\"rate\":{:.1f},\"p50_us\":{:.0f},\"p99_us\":{:.0f}}}\n",
      latencies_us_.size(), fan_out, rate, p50, p99);
}

void Meter::posts(std::size_t fan_out, double rate, double seconds) {
  pace(fan_out, rate, seconds, [&] { publish(fan_out); });
}

void Meter::plain(std::size_t fan_out, double rate, double seconds) {
  pace(fan_out, rate, seconds, [&] { say(fan_out); });
}

// ---- sending -----------------------------------------------------------------------------------

std::string Meter::body(std::string_view beginning, std::size_t bytes) const {
  std::string text(beginning);
  while (text.size() < bytes) text += text.size() % 6 == 5 ? ' ' : 'm';
  if (text.back() == ' ') text.back() = 'm';
  return text;
}

void Meter::publish(std::size_t fan_out) {
  const std::uint64_t number = next_number_++;
  const std::string& author = fan_out == 1 ? options_.author : options_.crowd_author;
  std::string word;
  std::size_t prefix = author.size() + 2;  // what the gateway puts before the text
  if (fan_out == 1) {
    word = options_.word + std::to_string(number % people_);
    prefix += word.size() + 3;
  }
  bridge::wire::Request request;
  request.mutable_actor()->set_nick(author);
  auto& post = *request.mutable_publish();
  post.set_client_id(fmt::format("bench-{}-{}", ::getpid(), number));
  post.set_text(body(fmt::format("~{}~ {} ", number, word), options_.body - prefix));
  expected_ += fan_out;
  ++unanswered_;
  sent_.push_back({.at = clock_now()});
  backbone_.ask(request, sent_.back().at);
}

void Meter::say(std::size_t fan_out) {
  const std::uint64_t number = next_number_++;
  const std::string text = body(fmt::format("~{}~ ", number), options_.body);
  std::string stanzas;
  for (std::size_t n = 0; n < fan_out; ++n) {
    stanzas += fmt::format("<message to='{}' id='m{}' type='chat'><body>{}</body></message>",
                           jids_[(number + n) % people_], number, text);
  }
  expected_ += fan_out;
  sent_.push_back({.at = clock_now()});
  sink_.send(sender_, stanzas);
}

// ---- receiving ---------------------------------------------------------------------------------

void Meter::turn(milliseconds wait) {
  backbone_.turn(clock_now());
  poller_.wait(wait);
  take_in();
}

void Meter::nap() {
  backbone_.turn(clock_now());
  std::this_thread::sleep_for(kNap);
  take_in();
}

void Meter::take_in() {
  const Time now = clock_now();
  sink_.read([this, now](std::size_t, std::string_view message) {
    heard_at_ = now;
    take(message);
  });
  backbone_.turn(now);
}

void Meter::take(std::string_view message) {
  ++messages_;
  bytes_ += message.size();
  const auto mark = message.find('~');
  if (mark == std::string_view::npos) return;  // not ours
  std::uint64_t number = 0;
  std::from_chars(message.data() + mark + 1, message.data() + message.size(), number);
  const std::uint64_t index = number - first_number_;
  if (number < first_number_ || index >= sent_.size())
    throw std::runtime_error("a message came after its time: " + std::string(message));
  ++sent_[index].arrived;
  latencies_us_.push_back(
      std::chrono::duration<double, std::micro>(heard_at_ - sent_[index].at).count());
}

void Meter::settle(std::size_t fan_out) {
  const Time patience = clock_now() + kLate;
  while (messages_ < expected_ || unanswered_ > 0 || clock_now() - heard_at_ < kQuiet) {
    turn(milliseconds(10));
    if (clock_now() > patience) {
      throw std::runtime_error(fmt::format("{} of {} messages came, {} posts were not acknowledged",
                                           messages_, expected_, unanswered_));
    }
  }
  for (const Sent& sent : sent_) {
    if (sent.arrived != fan_out)
      throw std::runtime_error(fmt::format("a post for {} came {} times", fan_out, sent.arrived));
  }
}

void Meter::on_lost(std::string_view reason) {
  throw std::runtime_error("the bridge is gone: " + std::string(reason));
}

void Meter::on_reply(bridge::client::RequestId, const bridge::wire::Reply& reply) {
  --unanswered_;
  if (reply.has_error()) throw std::runtime_error("a post was refused: " + reply.error().text());
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("Receives, publishes and measures; see the head of delivery_meter.cc.");
  app.add_option("--host", options.host, "address of the XMPP server")->capture_default_str();
  app.add_option("--port", options.port, "its port for clients")->capture_default_str();
  app.add_option("--bridge", options.bridge, "endpoint of the bridge's web lane")->required();
  app.add_option("--people", options.people, "file of recipients: lines of JID PASSWORD")
      ->required();
  app.add_option("--sender", options.sender, "JID and password of another client")
      ->required()
      ->expected(2);
  app.add_option("--author", options.author, "author of posts for one")->capture_default_str();
  app.add_option("--word", options.word, "tracked word, without its number")->capture_default_str();
  app.add_option("--crowd-author", options.crowd_author, "author of posts for everybody")
      ->capture_default_str();
  app.add_option("--body", options.body, "bytes of a body")->capture_default_str();
  app.add_option("--waiting-max", options.waiting_max, "deliveries published and not there yet")
      ->capture_default_str();
  app.add_option("--requests-max", options.requests_max, "posts without an answer")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  try {
    bench::Meter(options).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "delivery_meter: %s\n", error.what());
    return 1;
  }
  return 0;
}
