#include "bridge/base/log.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "bridge/base/sparingly.h"

namespace bridge::base::log {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

// The lines that `run` logs, complete once the session has ended.
template <class Run>
Lines logged(Level level, Run&& run) {
  Lines lines;
  {
    Session session({level, [&lines](std::string_view line) { lines.emplace_back(line); }});
    run(session);
  }
  return lines;
}

}  // namespace

TEST_CASE("what waits is written before the session ends") {
  const Lines lines = logged(Level::kInfo, [](Session&) {
    for (int i = 0; i < 100; ++i) info("line {}", i);
  });
  REQUIRE(lines.size() == 100);
  CHECK(lines.front() == "line 0");
  CHECK(lines.back() == "line 99");
}

TEST_CASE("only what the level asks for is written, and the level can change") {
  const Lines lines = logged(Level::kWarning, [](Session&) {
    debug("no");
    info("no");
    warning("one");
    error("two");
    set_level(Level::kDebug);
    debug("three");
    set_level(Level::kOff);
    error("no");
  });
  CHECK(lines == Lines{"one", "two", "three"});
}

TEST_CASE("without a session nothing is written") {
  error("nobody {}", "hears");
  set_level(Level::kDebug);
  error("nobody {}", "hears");
}

TEST_CASE("a message is one line, whatever it quotes, and is cut at the bound") {
  const Lines lines = logged(Level::kInfo, [](Session&) {
    info("{}", "a\nb\x1b[2J\xff {}");
    info("{}", std::string(100'000, 'x'));
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "a\\x0ab\\x1b[2J\\xff {}");
  CHECK(lines[1].size() == Session::kLineBytesMax + 3);
}

TEST_CASE("a slow reader holds nobody up: the oldest lines are dropped and counted") {
  std::mutex gate;
  std::uint64_t dropped = 0;
  Lines lines;
  {
    Session session({Level::kInfo, [&](std::string_view line) {
                       const std::lock_guard lock(gate);
                       lines.emplace_back(line);
                     }});
    const std::lock_guard closed(gate);
    for (std::size_t i = 0; i < Session::kQueueMax + 100; ++i) info("{}", i);
    dropped = session.dropped();
  }
  CHECK(dropped >= 98);
  CHECK(lines.size() + dropped == Session::kQueueMax + 100);
  CHECK(lines.back() == std::to_string(Session::kQueueMax + 99));
}

TEST_CASE("threads log side by side") {
  const Lines lines = logged(Level::kInfo, [](Session&) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([i] {
        for (int n = 0; n < 100; ++n) info("{} {}", i, n);
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  CHECK(lines.size() == 300);
}

TEST_CASE("levels have names") {
  CHECK(parse_level("debug") == Level::kDebug);
  CHECK(parse_level("warning") == Level::kWarning);
  CHECK_FALSE(parse_level("loud"));
}

TEST_CASE("sparingly says yes once per key and interval") {
  const throttle::Time start{1h};
  Sparingly sparingly(1min);
  CHECK(sparingly.due("a", start));
  CHECK(sparingly.due("b", start));
  CHECK_FALSE(sparingly.due("a", start + 59s));
  CHECK(sparingly.due("a", start + 60s));
  CHECK(sparingly.suppressed() == 1);
}

}  // namespace bridge::base::log
