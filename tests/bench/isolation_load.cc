// isolation_load: the loads of the isolation bench, a side for each. Which when is up to whoever
// writes commands to its stdin (isolation.py); each is answered with one line of JSON, and a line
// {"ready":true} comes first.
//
//   isolation_load web --bridge ENDPOINT     the website: the lane web, open-loop
//     capacity S            how many requests a second are answered with 64 in flight
//     run RATE W S          RATE requests a second, half posts, half questions, for W and S
//     seconds;
//                           measures those of the S from the moment each was due
//   isolation_load im --bridge ENDPOINT --people N    a gateway that floods the lane im
//     setup                 everybody joins and tracks some hot words, authors join
//     start POSTS COMMANDS  everybody comes online; from now on so many posts and commands a second
//     are offered: the commands
//                           half from one address, half from everybody of one domain
//     stall on|off          acknowledges nothing any more; all of it, and all again
//     reconnect             a new session of the same name, everybody comes online anew
//     stop                  offers nothing more, and everybody goes offline
//     report                what was offered, accepted and delivered so far
//     settle S              until nothing was delivered for a second, at most S; then as report
#include <fmt/format.h>
#include <sys/select.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "bridge/client/zmq_backbone.h"
#include "bridge/wire/messages.h"
#include "bridge/wire/socket.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

namespace wire = bridge::wire;
using std::chrono::milliseconds;

constexpr std::size_t kWords = 10;
constexpr std::size_t kAuthors = 50;

// Lines from stdin as they come, without ever waiting for one.
class Commands {
 public:
  // False at the end of the input.
  bool read() {
    char buffer[4096];
    const auto got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return false;
    text_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  bool next(std::string& line) {
    const std::size_t end = text_.find('\n');
    if (end == std::string::npos) return false;
    line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return true;
  }

 private:
  std::string text_;
};

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// So many a second, from a moment on: how many are due.
class Pace {
 public:
  void start(double rate, Time now) {
    rate_ = rate;
    from_ = now;
    done_ = 0;
  }
  bool due(Time now) const {
    return rate_ > 0 && static_cast<double>(done_) < Seconds(now - from_).count() * rate_;
  }
  // When the next one was, or is, due.
  Time take() { return after(from_, static_cast<double>(done_++) / rate_); }

 private:
  double rate_ = 0;
  Time from_{};
  std::uint64_t done_ = 0;
};

class Side : protected bridge::client::Listener {
 public:
  Side(std::string endpoint, std::string client)
      : endpoint_(std::move(endpoint)), client_(std::move(client)) {
    connect();
  }

 protected:
  void connect() {
    bridge::client::Listener& listener = *this;
    backbone_ = std::make_unique<bridge::client::ZmqBackbone>(
        context_,
        bridge::client::ZmqBackboneOptions{.endpoint = endpoint_,
                                           .client = client_,
                                           .software = "isolation_load",
                                           .request_timeout = milliseconds(60'000),
                                           .requests_max = 200'000},
        listener);
    if (!backbone_->wait([this] { return backbone_->connected(); }, milliseconds(20'000)))
      throw std::runtime_error("no bridge: " + backbone_->trouble());
  }
  void on_connected(const wire::Welcome&) override {}
  void on_lost(std::string_view) override {}
  void on_gap(const wire::Gap&) override {}
  void on_batch(std::uint64_t, const wire::Batch&) override {}

  wire::Context context_;
  const std::string endpoint_, client_;
  std::unique_ptr<bridge::client::ZmqBackbone> backbone_;
};

// ---- the website -------------------------------------------------------------------------------

class Website final : public Side {
 public:
  explicit Website(const std::string& endpoint)
      : Side(endpoint, fmt::format("isolation-web-{}", ::getpid())) {}

  void serve() {
    say(R"({"ready":true})");
    Commands commands;
    while (commands.read())
      for (std::string line; commands.next(line);) obey(line);
  }

 private:
  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    double rate = 0, warm = 0, seconds = 0;
    words >> verb;
    if (verb == "capacity" && words >> seconds) return capacity(seconds);
    if (verb == "run" && words >> rate >> warm >> seconds) return run(rate, warm, seconds);
    throw std::runtime_error("not a command: " + line);
  }

  void ask(Time due, Time now) {
    wire::Request request;
    const std::uint64_t number = next_number_++;
    request.mutable_actor()->set_nick(fmt::format("site{}", number % kAuthors));
    if (number % 2 == 0) {
      auto& post = *request.mutable_publish();
      post.set_client_id(fmt::format("{}-{}", client_, number));
      post.set_text(fmt::format("the website says something ordinary, number {}", number));
    } else {
      request.mutable_stats();
    }
    due_.emplace(backbone_->ask(request, now), due);
  }
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override {
    const auto found = due_.find(id);
    if (found == due_.end()) return;
    if (reply.has_error()) {
      ++refused_;
    } else {
      ++answered_;
      if (found->second >= measured_from_ && found->second < measured_to_)
        took_us_.push_back(Seconds(clock_now() - found->second).count() * 1e6);
    }
    due_.erase(found);
  }

  void capacity(double seconds) {
    const Time from = clock_now();
    const Time end = after(from, seconds);
    const std::uint64_t before = answered_;
    while (clock_now() < end) {
      while (due_.size() < 64) ask(clock_now(), clock_now());
      backbone_->turn(clock_now());
    }
    const double rate = static_cast<double>(answered_ - before) / seconds;
    backbone_->wait([this] { return due_.empty(); }, milliseconds(20'000));
    say(fmt::format("{{\"per_second\":{:.0f},\"refused\":{}}}", rate, refused_));
  }

  void run(double rate, double warm, double seconds) {
    took_us_.clear();
    refused_ = 0;
    const Time from = clock_now();
    measured_from_ = after(from, warm);
    measured_to_ = after(measured_from_, seconds);
    Pace pace;
    pace.start(rate, from);
    for (Time now = from; now < measured_to_; now = clock_now()) {
      while (pace.due(now)) ask(pace.take(), now);
      backbone_->turn(now);
      wire::Poller poller;
      poller.add(backbone_->dealer());
      poller.wait(milliseconds(1));
    }
    backbone_->wait([this] { return due_.empty(); }, milliseconds(60'000));
    const double count = static_cast<double>(took_us_.size());
    const double p50 = percentile(took_us_, 0.5), p99 = percentile(took_us_, 0.99);
    say(fmt::format("{{\"p50_us\":{:.0f},\"p99_us\":{:.0f},\"per_second\":{:.1f},\"refused\":{}}}",
                    p50, p99, count / seconds, refused_));
  }

  std::uint64_t next_number_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t refused_ = 0;
  std::unordered_map<bridge::client::RequestId, Time> due_;
  Time measured_from_ = Time::max(), measured_to_ = Time::max();
  std::vector<double> took_us_;
};

// ---- a gateway that floods ---------------------------------------------------------------------

class Flood final : public Side {
  struct Received {
    std::uint64_t sequence = 0;
    wire::Cost cost;
    std::vector<std::uint64_t> deliveries;  // person and post
  };

 public:
  Flood(const std::string& endpoint, std::size_t people)
      : Side(endpoint, "flood"), people_(people) {
    open_window();
  }

  void serve() {
    say(R"({"ready":true})");
    Commands commands;
    bool open = true;
    while (open) {
      bridge::wire::Poller poller;
      poller.add(backbone_->dealer());
      poller.add_fd(STDIN_FILENO);
      poller.wait(milliseconds(1));
      offer(clock_now());
      backbone_->turn(clock_now());
      if (!input_ready()) continue;
      open = commands.read();
      for (std::string line; commands.next(line);) obey(line);
    }
  }

 private:
  static bool input_ready() {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(STDIN_FILENO, &set);
    timeval none{};
    return ::select(STDIN_FILENO + 1, &set, nullptr, nullptr, &none) > 0;
  }

  std::string address(std::size_t person) const { return fmt::format("p{}@flood.example", person); }
  static std::string author(std::size_t n) { return fmt::format("w{}@authors.example", n); }
  static bool tracks(std::size_t person, std::size_t word) {
    return person % kWords == word || (person + 3) % kWords == word;
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb, how;
    double posts = 0, commands = 0;
    words >> verb;
    if (verb == "setup") return set_up();
    if (verb == "start" && words >> posts >> commands) {
      set_presence(true);
      posts_.start(posts, clock_now());
      commands_.start(commands, clock_now());
      return say("{}");
    }
    if (verb == "stop") {
      posts_.start(0, clock_now());
      commands_.start(0, clock_now());
      set_presence(false);
      return say("{}");
    }
    if (verb == "stall" && words >> how) return stall(how == "on");
    if (verb == "reconnect") return reconnect();
    if (verb == "report") return report();
    if (verb == "settle" && words >> posts) return settle(posts);
    throw std::runtime_error("not a command: " + line);
  }

  // One request after the other, again when it is told to come again.
  void insist(const wire::Request& request) {
    for (;;) {
      answer_.reset();
      wanted_ = backbone_->ask(request, clock_now());
      backbone_->wait([this] { return answer_.has_value(); }, milliseconds(60'000));
      if (!answer_) throw std::runtime_error("no answer");
      const auto& error = answer_->error();
      if (error.code() == wire::OK) return;
      if (error.retry_after_ms() == 0) throw std::runtime_error(error.text());
      ::usleep(error.retry_after_ms() * 1000);
    }
  }
  void join(const std::string& who, const std::string& nick) {
    wire::Request request;
    request.mutable_actor()->set_address(who);
    request.mutable_join()->set_nick(nick);
    insist(request);
  }
  void set_up() {
    for (std::size_t n = 0; n < kAuthors; ++n) join(author(n), fmt::format("w{}", n));
    for (std::size_t n = 0; n < people_; ++n) {
      join(address(n), fmt::format("p{}", n));
      wire::Request request;
      request.mutable_actor()->set_address(address(n));
      std::string phrases;
      for (std::size_t word = 0; word < kWords; ++word)
        if (tracks(n, word)) phrases += fmt::format("{}hot{}", phrases.empty() ? "" : ",", word);
      request.mutable_track()->set_phrases(phrases);
      insist(request);
    }
    say("{}");
  }
  void open_window() { backbone_->grant(kDeliveries, kBytes); }
  void set_presence(bool available) {
    for (std::size_t n = 0; n < people_; ++n) {
      wire::Presence presence;
      auto& change = *presence.add_changes();
      change.set_address(address(n));
      change.set_available(available);
      backbone_->presence(presence);
      if (n % 256 == 255) backbone_->turn(clock_now());
    }
  }
  void reconnect() {
    // What was acknowledged has been heard when there is an answer to what was asked afterwards.
    wire::Request anything;
    anything.mutable_actor()->set_address(author(0));
    anything.mutable_stats();
    answer_.reset();
    wanted_ = backbone_->ask(anything, clock_now());
    backbone_->wait([this] { return answer_.has_value(); }, milliseconds(60'000));
    posted_.clear();  // whether those are in the log, nobody here will know
    unacknowledged_.clear();
    backbone_.reset();
    connect();
    open_window();
    set_presence(true);
    say("{}");
  }
  void stall(bool on) {
    stalled_ = on;
    if (!on)
      for (const Received& received : std::exchange(unacknowledged_, {})) accept(received);
    say("{}");
  }

  void offer(Time now) {
    while (posts_.due(now)) {
      posts_.take();
      const std::uint64_t number = ++offered_posts_;
      wire::Request request;
      request.mutable_actor()->set_address(author(number % kAuthors));
      request.mutable_publish()->set_client_id(fmt::format("f{}-{}", ::getpid(), number));
      const std::size_t word = number % kWords;
      request.mutable_publish()->set_text(fmt::format("something hot{} again, {}", word, number));
      posted_.insert(backbone_->ask(request, now));
    }
    while (commands_.due(now)) {
      commands_.take();
      const std::uint64_t number = ++offered_commands_;
      wire::Request request;
      request.mutable_actor()->set_address(number % 2 == 0 ? author(0) : address(number % people_));
      request.mutable_stats();
      backbone_->ask(request, now);
    }
  }

  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override {
    if (id == wanted_) answer_ = reply;
    if (reply.error().code() == wire::RATE_LIMITED) ++limited_;
    const bool post = posted_.erase(id) > 0;
    if (post && reply.has_published()) ++accepted_;
    if (!post && !reply.has_error()) ++answered_;
  }
  void on_batch(std::uint64_t sequence, const wire::Batch& batch) override {
    Received received{.sequence = sequence, .cost = wire::cost_of(batch), .deliveries = {}};
    for (const auto& item : batch.items())
      for (const auto& recipient : item.recipients()) {
        const std::uint64_t person = std::stoull(recipient.address().substr(1));
        received.deliveries.push_back(person << 40 | item.id());
      }
    deliveries_ += received.deliveries.size();
    last_batch_ = clock_now();
    if (stalled_)
      unacknowledged_.push_back(std::move(received));
    else
      accept(received);
  }
  // What is not acknowledged is still owed, so it does not count as delivered.
  void accept(const Received& received) {
    distinct_.insert(received.deliveries.begin(), received.deliveries.end());
    backbone_->ack(received.sequence);
    backbone_->grant(received.cost.deliveries, received.cost.bytes);
  }

  void settle(double seconds) {
    const Time end = after(clock_now(), seconds);
    last_batch_ = clock_now();
    backbone_->wait([&] { return clock_now() > end || clock_now() > after(last_batch_, 1.0); },
                    milliseconds(static_cast<std::int64_t>(seconds * 1000)));
    report();
  }
  void report() {
    say(
        fmt::format("{{\"offered_posts\":{},\"offered_commands\":{},\"accepted_posts\":{},"
                    "\"answered\":{},\"limited\":{},\"deliveries\":{},\"distinct\":{}}}",
                    offered_posts_, offered_commands_, accepted_, answered_, limited_, deliveries_,
                    distinct_.size()));
  }

  static constexpr std::uint64_t kDeliveries = 4096;
  static constexpr std::uint64_t kBytes = 4 << 20;

  const std::size_t people_;
  Pace posts_, commands_;
  bool stalled_ = false;
  bridge::client::RequestId wanted_ = 0;
  std::optional<wire::Reply> answer_;
  std::unordered_set<bridge::client::RequestId> posted_;
  std::vector<Received> unacknowledged_;
  std::unordered_set<std::uint64_t> distinct_;  // person and post
  std::uint64_t offered_posts_ = 0, offered_commands_ = 0, accepted_ = 0, answered_ = 0;
  std::uint64_t limited_ = 0, deliveries_ = 0;
  Time last_batch_{};
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  std::string side, endpoint;
  std::size_t people = 2000;
  CLI::App app("Loads a bridge; see the head of isolation_load.cc.");
  app.add_option("side", side, "web or im")->required()->check(CLI::IsMember({"web", "im"}));
  app.add_option("--bridge", endpoint, "endpoint of that lane")->required();
  app.add_option("--people", people, "who track hot words");
  CLI11_PARSE(app, argc, argv);
  try {
    if (side == "web")
      bench::Website(endpoint).serve();
    else
      bench::Flood(endpoint, people).serve();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "isolation_load: %s\n", error.what());
    return 1;
  }
  return 0;
}
