// publish_load: both sides of the publish bench: posts to a running bridge, and the same posts into
// a bare RocksDB. Which when is up to whoever writes commands to its stdin (publish.py):
//
//   bridge N W S [PID…]    keeps N posts in flight for W and S seconds, counts in the S; with the
//                          CPU used meanwhile by this process and those
//   rocksdb N W S          synced batches of N posts each, until RocksDB has been busy for so long
//   bye
//
// Each command is answered with one line of JSON; a line {"ready":true} comes first. Anything that
// goes wrong, such as a post that is refused, ends the program with 1 and a sentence on stderr.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bridge/client/zmq_backbone.h"
#include "bridge/wire/socket.h"
#include "tests/bench/bare_log.h"
#include "tests/bench/post_maker.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

using std::chrono::milliseconds;

struct Options {
  std::string bridge;   // endpoint of the admin or web lane
  std::string rocksdb;  // folder for the bare one
};

struct Window {
  std::size_t in_flight = 0;
  double warm = 0;
  double seconds = 0;
};

// ---- the bridge --------------------------------------------------------------------------------

class Publisher : private bridge::client::Listener {
 public:
  explicit Publisher(const std::string& endpoint)
      : backbone_(context_,
                  {.endpoint = endpoint,
                   .client = fmt::format("publish-load-{}", ::getpid()),
                   .software = "publish_load"},
                  *this) {
    poller_.add(backbone_.dealer());
    if (!backbone_.wait([this] { return backbone_.connected(); }, milliseconds(10'000)))
      throw std::runtime_error("no bridge: " + backbone_.trouble());
  }

  void run(const Window& window, const std::vector<int>& pids);

 private:
  void keep_in_flight(std::size_t count, Time until);
  void publish(Time now);

  void on_connected(const bridge::wire::Welcome&) override {}
  void on_lost(std::string_view reason) override {
    throw std::runtime_error("the bridge is gone: " + std::string(reason));
  }
  void on_reply(bridge::client::RequestId, const bridge::wire::Reply& reply) override {
    if (!reply.has_published() || reply.published().duplicate())
      throw std::runtime_error("a post was not taken: " + reply.error().text());
    --unanswered_;
    ++acknowledged_;
  }
  void on_batch(std::uint64_t, const bridge::wire::Batch&) override {}
  void on_gap(const bridge::wire::Gap&) override {}

  bridge::wire::Context context_;
  bridge::client::ZmqBackbone backbone_;
  bridge::wire::Poller poller_;
  std::uint64_t next_number_ = 0;
  std::uint64_t unanswered_ = 0;
  std::uint64_t acknowledged_ = 0;
};

void Publisher::publish(Time now) {
  Post post = make_post(next_number_++);
  bridge::wire::Request request;
  request.mutable_actor()->set_nick(std::move(post.nick));
  auto& body = *request.mutable_publish();
  body.set_client_id(std::move(post.client_id));
  body.set_text(std::move(post.text));
  ++unanswered_;
  backbone_.ask(request, now);
}

void Publisher::keep_in_flight(std::size_t count, Time until) {
  constexpr milliseconds kRest{20};
  for (Time now = clock_now(); now < until || unanswered_ > count; now = clock_now()) {
    backbone_.turn(now);
    if (unanswered_ < count) {
      while (unanswered_ < count) publish(now);
      backbone_.turn(now);
    }
    poller_.wait(kRest);
  }
}

void Publisher::run(const Window& window, const std::vector<int>& pids) {
  keep_in_flight(window.in_flight, after(clock_now(), window.warm));
  const std::uint64_t before = acknowledged_;
  const Moment from = moment(pids);
  keep_in_flight(window.in_flight, after(from.at, window.seconds));
  const Moment to = moment(pids);
  const std::uint64_t posts = acknowledged_ - before;
  if (!backbone_.wait([this] { return unanswered_ == 0; }, milliseconds(10'000)))
    throw std::runtime_error(fmt::format("{} posts were not answered", unanswered_));
  print_spent(from, to, fmt::format("\"posts\":{}", posts));
}

// ---- RocksDB -----------------------------------------------------------------------------------

class Yardstick {
 public:
  explicit Yardstick(const std::string& folder) : log_(folder) {}

  void run(const Window& window) {
    spend(window.in_flight, window.warm);
    const std::uint64_t before = next_number_;
    const double seconds = spend(window.in_flight, window.seconds);
    fmt::print("{{\"seconds\":{:.4f},\"posts\":{}}}\n", seconds, next_number_ - before);
  }

 private:
  // Returns for how long RocksDB was busy: at least for so long.
  double spend(std::size_t batch, double seconds) {
    std::vector<Post> posts;
    double spent = 0;
    while (spent < seconds) {
      posts.clear();
      while (posts.size() < batch) posts.push_back(make_post(next_number_++));
      spent += log_.append(posts).count();
    }
    return spent;
  }

  BareLog log_;
  std::uint64_t next_number_ = 0;
};

// ---- commands ----------------------------------------------------------------------------------

void run(const Options& options) {
  Publisher publisher(options.bridge);
  Yardstick yardstick(options.rocksdb);
  fmt::print("{{\"ready\":true}}\n");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line) && line != "bye";) {
    std::istringstream words(line);
    std::string verb;
    Window window;
    words >> verb >> window.in_flight >> window.warm >> window.seconds;
    if (!words || window.in_flight == 0 || (verb != "bridge" && verb != "rocksdb"))
      throw std::runtime_error("not a command: " + line);
    if (verb == "bridge") {
      publisher.run(window, {std::istream_iterator<int>(words), {}});
    } else {
      yardstick.run(window);
    }
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("Publishes and measures; see the head of publish_load.cc.");
  app.add_option("--bridge", options.bridge, "endpoint of the bridge's web lane")->required();
  app.add_option("--rocksdb", options.rocksdb, "folder for the bare database")->required();
  CLI11_PARSE(app, argc, argv);
  std::ios::sync_with_stdio(false);
  try {
    bench::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "publish_load: %s\n", error.what());
    return 1;
  }
  return 0;
}
