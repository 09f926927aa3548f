#include <fmt/format.h>

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

}  // namespace

void catch_up(const Size& size) {
  const auto people = static_cast<std::size_t>(kPeople * size.people);
  Log log;
  const AccountId author = log.person("herald");
  std::vector<std::string> nicks;
  std::vector<std::size_t> listeners(kWords);
  for (std::size_t n = 0; n < people; ++n) {
    nicks.push_back(fmt::format("reader{}", n));
    log.track(log.person(nicks.back()), word_of(n));
    ++listeners[n % kWords];
  }
  bridge::backbone::MemoryCursorStore cursors;
  {
    Engine engine(log.store(), cursors);
    engine.online(nicks);
    engine.settle();
    engine.offline(nicks);
    engine.settle();
    engine.checkpoint();
  }
  // While everybody is away, and the bridge too: nothing is in its memory.
  std::uint64_t owed = 0;
  for (std::size_t n = 0; n < kPosts; ++n) {
    log.post(author, make_post(n).text + " " + word_of(n));
    owed += listeners[n % kWords];
  }

  Engine engine(log.store(), cursors);
  engine.settle();
  engine.checkpoint();
  const std::uint64_t read_before = log.store().records_read();
  const std::uint64_t bytes_before = log.store().bytes_read();
  const Heap heap;
  const Moment from = moment({});
  std::vector<double> turn_us;
  const auto turn = [&] {
    const Time before = clock_now();
    const std::size_t work = engine.turn();
    turn_us.push_back(Seconds(clock_now() - before).count() * 1e6);
    return work;
  };
  for (std::size_t at = 0; at < people; at += kPerTurn) {
    const std::size_t end = std::min(people, at + kPerTurn);
    engine.online({nicks.begin() + static_cast<std::ptrdiff_t>(at),
                   nicks.begin() + static_cast<std::ptrdiff_t>(end)});
    turn();
  }
  while (turn() > 0) continue;
  const Moment to = moment({});

  const std::uint64_t delivered = engine.counters().acknowledged.value();
  if (delivered != owed)
    throw std::runtime_error(fmt::format("{} of {} deliveries came", delivered, owed));
  const double seconds = Seconds(to.at - from.at).count();
  const auto scanned = static_cast<double>(engine.counters().caught_up.value());
  const auto posts = static_cast<double>(kPosts);
  fmt::print(
      "{{\"bench\":\"fanout\",\"case\":\"catch_up\",\"people\":{},\"posts\":{},"
      "\"log_passes\":{:.2f},\"log_reads\":{:.2f},\"posts_scanned_per_second\":{:.0f},"
      "\"bytes\":{},\"seconds\":{:.2f},\"cpu_seconds\":{:.2f},\"deliveries\":{},"
      "\"deliveries_per_second\":{:.0f},\"peak_heap_bytes\":{},\"heap_left_bytes\":{},"
      "\"turn_p50_us\":{:.0f},\"turn_p99_us\":{:.0f}}}\n",
      people, kPosts, scanned / posts,
      static_cast<double>(log.store().records_read() - read_before) / posts, scanned / seconds,
      log.store().bytes_read() - bytes_before, seconds, to.cpu.front() - from.cpu.front(),
      delivered, static_cast<double>(delivered) / seconds, heap.peak(), heap.grown(),
      percentile(turn_us, 0.5), percentile(turn_us, 0.99));
  std::fflush(stdout);
}

}  // namespace bench
