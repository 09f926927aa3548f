#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "bridge/backbone/memory_cursor_store.h"
#include "tests/bench/fanout_cases.h"
#include "tests/bench/fanout_world.h"
#include "tests/bench/heap.h"
#include "tests/bench/post_maker.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

constexpr double kPeople = 100'000;
constexpr std::size_t kPosts = 10'000;
constexpr std::size_t kWords = 1000;   // everybody tracks one of them, every post has one
constexpr std::size_t kPerTurn = 500;  // come online at a time

std::string word_of(std::size_t n) {
  return fmt::format("word{}", n % kWords);
}

class CatchUp {
 public:
  explicit CatchUp(std::size_t people) : people_(people) {
    populate();
    send_everybody_away();
    publish();
  }

  void run() {
    Engine engine(log_.store(), cursors_);
    engine.settle();
    engine.checkpoint();
    engine.take_checkpoint_us();
    const std::uint64_t records_before = log_.store().records_read();
    const std::uint64_t bytes_before = log_.store().bytes_read();
    const Heap heap;
    const Moment from = moment({});
    come_back(engine);
    const Moment to = moment({});
    const double seconds = Seconds(to.at - from.at).count();
    if (const auto came = engine.counters().acknowledged.value(); came != owed_)
      throw std::runtime_error(fmt::format("{} of {} deliveries came", came, owed_));
    const auto posts = static_cast<double>(kPosts);
    const auto gone_over = static_cast<double>(engine.counters().caught_up.value());
    const auto read = static_cast<double>(log_.store().records_read() - records_before);
    fmt::print(
        "{{\"bench\":\"fanout\",\"case\":\"catch_up\",\"people\":{},\"posts\":{},"
        "\"log_passes\":{:.2f},\"log_reads\":{:.2f},\"posts_scanned_per_second\":{:.0f},"
        "\"bytes\":{},\"seconds\":{:.2f},\"person_posts_per_second\":{:.0f},",
        people_, kPosts, gone_over / posts, read / posts, gone_over / seconds,
        log_.store().bytes_read() - bytes_before, seconds,
        static_cast<double>(people_) * posts / seconds);
    fmt::print(
        "\"deliveries\":{},\"deliveries_per_second\":{:.0f},\"peak_heap_bytes\":{},"
        "\"heap_left_bytes\":{},\"turn_p50_us\":{:.0f},\"turn_p99_us\":{:.0f},"
        "\"turn_max_us\":{:.0f},\"checkpoint_max_us\":{:.0f},\"others_busy\":{:.2f}}}\n",
        owed_, static_cast<double>(owed_) / seconds, heap.peak(), heap.grown(),
        percentile(turn_us_, 0.5), percentile(turn_us_, 0.99), percentile(turn_us_, 1),
        engine.take_checkpoint_us(), others_busy(from, to));
    std::fflush(stdout);
  }

 private:
  void populate();
  void send_everybody_away();
  void publish();
  void come_back(Engine& engine);

  const std::size_t people_;
  Log log_;
  bridge::backbone::MemoryCursorStore cursors_;
  AccountId author_ = log_.person("herald");
  std::vector<std::string> nicks_;
  std::vector<std::size_t> listeners_ = std::vector<std::size_t>(kWords);  // of each word
  std::uint64_t owed_ = 0;
  std::vector<double> turn_us_;
};

void CatchUp::populate() {
  for (std::size_t n = 0; n < people_; ++n) {
    nicks_.push_back(fmt::format("reader{}", n));
    log_.track(log_.person(nicks_.back()), word_of(n));
    ++listeners_[n % kWords];
  }
}

// They have had all there was so far.
void CatchUp::send_everybody_away() {
  Engine engine(log_.store(), cursors_);
  engine.online(nicks_);
  engine.settle();
  engine.offline(nicks_);
  engine.settle();
  engine.checkpoint();
}

// While the bridge is away too: nothing of it is in anybody's memory.
void CatchUp::publish() {
  for (std::size_t n = 0; n < kPosts; ++n) {
    log_.post(author_, make_post(n).text + " " + word_of(n));
    owed_ += listeners_[n % kWords];
  }
}

void CatchUp::come_back(Engine& engine) {
  const auto turn = [&] {
    const Time before = clock_now();
    const std::size_t work = engine.turn();
    turn_us_.push_back(Seconds(clock_now() - before).count() * 1e6);
    return work;
  };
  for (std::size_t at = 0; at < people_; at += kPerTurn) {
    const auto first = nicks_.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(kPerTurn, people_ - at);
    engine.online({first, first + static_cast<std::ptrdiff_t>(count)});
    turn();
  }
  while (turn() > 0) continue;
}

}  // namespace

void catch_up(const Size& size) {
  CatchUp(static_cast<std::size_t>(kPeople * size.people)).run();
}

}  // namespace bench
