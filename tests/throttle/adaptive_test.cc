// What adapts by itself: CoDel, the breaker, the gradient limit, the pressure loop.
#include <utility>
#include <vector>

#include "tests/throttle/story.h"
#include "throttle/breaker.h"
#include "throttle/codel.h"
#include "throttle/gradient.h"
#include "throttle/pressure.h"

namespace throttle {

// ---- CoDel -------------------------------------------------------------------------------------

TEST_CASE("a burst that drains is no standing delay") {
  Codel codel({.target = 5ms, .interval = 100ms});
  // Every hundred milliseconds a burst: its last item waits 50 ms, its first nothing.
  for (int burst = 0; burst < 20; ++burst)
    for (int item = 0; item < 50; ++item)
      CHECK_FALSE(codel.divert(item * 1ms, at(burst * 100ms + item * 1ms)));
}

TEST_CASE("a standing delay diverts what is old, and ends with the first that is not late") {
  Codel codel({.target = 5ms, .interval = 100ms});
  int diverted = 0;
  for (int i = 0; i < 100; ++i) diverted += codel.divert(20ms, at(i * 1ms));
  CHECK(diverted == 0);  // it takes an interval to know
  CHECK(codel.divert(20ms, at(100ms)));
  CHECK_FALSE(codel.divert(9ms, at(101ms)));  // above the target, but not twice
  CHECK(codel.divert(11ms, at(102ms)));
  CHECK_FALSE(codel.divert(1ms, at(150ms)));
  CHECK(codel.divert(20ms, at(199ms)));
  CHECK_FALSE(codel.divert(20ms, at(200ms)));
  CHECK_FALSE(codel.standing());
}

TEST_CASE("one slow item alone is not a queue") {
  Codel codel({.target = 5ms, .interval = 100ms});
  for (int i = 0; i < 20; ++i) CHECK_FALSE(codel.divert(50ms, at(i * 100ms)));
}

// ---- breaker -----------------------------------------------------------------------------------

namespace {
void fail(Breaker& breaker, int times, Time now) {
  for (int i = 0; i < times; ++i)
    if (breaker.allow(now)) breaker.failed(now);
}
}  // namespace

TEST_CASE("a breaker opens at half failures of enough answers, not before") {
  Breaker breaker;
  fail(breaker, 19, at(0s));
  CHECK(breaker.allow(at(0s)));
  breaker.failed(at(0s));
  CHECK(breaker.state(at(0s)) == Breaker::State::kOpen);
  CHECK_FALSE(breaker.allow(at(999ms)));
  CHECK(breaker.retry_at() == at(1s));
}

TEST_CASE("good answers keep it closed, and old failures fall out of the window") {
  Breaker breaker;
  for (int i = 0; i < 100; ++i) {
    breaker.succeeded(at(i * 10ms));
    if (i % 3 == 0) breaker.failed(at(i * 10ms));
  }
  CHECK(breaker.state(at(1s)) == Breaker::State::kClosed);
  Breaker other;
  fail(other, 15, at(0s));
  fail(other, 15, at(11s));
  CHECK(other.state(at(11s)) == Breaker::State::kClosed);
}

TEST_CASE("half-open asks one at a time, and closes after some good answers") {
  Breaker breaker;
  fail(breaker, 20, at(0s));
  CHECK(breaker.allow(at(1s)));
  CHECK_FALSE(breaker.allow(at(1s)));
  breaker.succeeded(at(1s));
  for (int i = 0; i < 2; ++i) {
    REQUIRE(breaker.allow(at(2s)));
    breaker.succeeded(at(2s));
  }
  CHECK(breaker.state(at(2s)) == Breaker::State::kClosed);
  CHECK(breaker.allow(at(2s)));
  CHECK(breaker.allow(at(2s)));
}

TEST_CASE("a failed probe opens it for twice as long, up to a bound") {
  Breaker breaker;
  fail(breaker, 20, at(0s));
  Time now = at(1s);
  for (const auto rest : {2s, 4s, 8s, 15s, 15s}) {
    REQUIRE(breaker.allow(now));
    breaker.failed(now);
    CHECK(breaker.retry_at() - now == rest);
    now = breaker.retry_at();
  }
  REQUIRE(breaker.allow(now));
  breaker.forget();
  CHECK(breaker.allow(now));
}

TEST_CASE("late answers to what was asked before it opened say nothing") {
  Breaker breaker;
  fail(breaker, 20, at(0s));
  breaker.succeeded(at(0s));
  breaker.failed(at(2s));
  CHECK(breaker.allow(at(2s)));
}

// ---- gradient ----------------------------------------------------------------------------------

namespace {

// A server that takes `rate` units a second after a fixed way of `base`; one that is full is
// queued.
struct Server {
  double rate;
  Duration base;

  // In steady flow with so much in flight.
  Duration round_trip(double in_flight) const {
    const double busy = rate * std::chrono::duration<double>(base).count();
    const double queued = in_flight > busy ? (in_flight - busy) / rate : 0;
    return base + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(queued));
  }
  double busy() const { return rate * std::chrono::duration<double>(base).count(); }
};

void flow(Gradient& limit, const Server& server, int answers) {
  for (int i = 0; i < answers; ++i) {
    const std::uint64_t in_flight = limit.now();
    limit.answered(server.round_trip(static_cast<double>(in_flight)), in_flight);
  }
}

}  // namespace

TEST_CASE("the limit finds what keeps a server busy, quickly, and floods it with little more") {
  const Server server{.rate = 1e7, .base = 10ms};  // 100,000 on the way keep it busy
  Gradient limit({.floor = 4096, .ceiling = 1e9});
  flow(limit, server, 12);
  CHECK(limit.now() >= 90'000);  // by doubling
  flow(limit, server, 2000);
  CHECK(static_cast<double>(limit.now()) >= server.busy());
  CHECK(static_cast<double>(limit.now()) <= 3 * server.busy());
}

TEST_CASE("a server that becomes slower gets less, and again more when it is faster") {
  Gradient limit({.floor = 1024, .ceiling = 1e9});
  flow(limit, {.rate = 1e7, .base = 10ms}, 2000);
  const std::uint64_t fast = limit.now();
  flow(limit, {.rate = 1e6, .base = 10ms}, 300);
  CHECK(limit.now() < fast / 3);
  flow(limit, {.rate = 1e7, .base = 10ms}, 20'000);
  CHECK(limit.now() > fast / 2);
}

TEST_CASE("timeouts alone drive it to the floor, never up") {
  Gradient limit({.floor = 1000, .ceiling = 1e6});
  flow(limit, {.rate = 1e9, .base = 10ms}, 20);
  const std::uint64_t before = limit.now();
  limit.dropped();
  CHECK(limit.now() == before / 2);
  for (int i = 0; i < 100; ++i) limit.dropped();
  CHECK(limit.now() == 1000);
  CHECK_FALSE(limit.slow_start());
}

TEST_CASE("a limit that nobody uses does not grow") {
  Gradient limit({.floor = 1000, .ceiling = 1e6});
  for (int i = 0; i < 1000; ++i) limit.answered(1ms, 100);
  CHECK(limit.now() == 1000);
}

TEST_CASE("it stays between floor and ceiling whatever is measured") {
  holds("bounds", [] {
    Gradient limit({.floor = 100, .ceiling = 10'000});
    const auto steps = *rc::gen::container<std::vector<std::pair<std::int64_t, std::uint64_t>>>(
        rc::gen::pair(rc::gen::inRange<std::int64_t>(-1, 1'000'000'000),
                      rc::gen::inRange<std::uint64_t>(0, 100'000)));
    for (const auto& [round_trip, in_flight] : steps) {
      if (round_trip < 0)
        limit.dropped();
      else
        limit.answered(Duration(round_trip), in_flight);
      RC_ASSERT(limit.now() >= 100 && limit.now() <= 10'000);
    }
  });
}

// ---- pressure ----------------------------------------------------------------------------------

TEST_CASE("pressure rises step by step while the important work is slow") {
  Pressure pressure({.target = 10ms, .rise = 250ms, .dwell = 5s});
  pressure.observe(9ms, 100, at(0s));
  CHECK(pressure.level() == 0);
  pressure.observe(11ms, 100, at(1s));
  CHECK(pressure.level() == 1);
  pressure.observe(11ms, 100, at(1100ms));  // too soon to see what the step has done
  CHECK(pressure.level() == 1);
  for (int i = 0; i < 10; ++i) pressure.observe(1s, 100, at(2s + i * 300ms));
  CHECK(pressure.level() == Pressure::kLevels);
}

TEST_CASE("it comes back a step at a time, each after a quiet while") {
  Pressure pressure({.target = 10ms, .relief = 0.7, .rise = 250ms, .dwell = 5s});
  for (int i = 0; i < 2; ++i) pressure.observe(20ms, 100, at(i * 1s));
  REQUIRE(pressure.level() == 2);
  pressure.observe(5ms, 100, at(5900ms));
  CHECK(pressure.level() == 2);
  pressure.observe(5ms, 100, at(6s));
  CHECK(pressure.level() == 1);
  pressure.observe(8ms, 100, at(10s));  // neither slow nor quiet: the while begins again
  pressure.observe(5ms, 100, at(11s));
  CHECK(pressure.level() == 1);
  pressure.observe(5ms, 100, at(15s));
  CHECK(pressure.level() == 0);
}

TEST_CASE("it does not swing between two values on either side of the target") {
  Pressure pressure({.target = 10ms, .relief = 0.7, .rise = 250ms, .dwell = 5s});
  unsigned changes = 0, before = 0;
  for (int i = 0; i < 1000; ++i) {
    pressure.observe(i % 2 == 0 ? 11ms : 9ms, 100, at(i * 100ms));
    changes += pressure.level() != before;
    before = pressure.level();
  }
  CHECK(changes <= Pressure::kLevels);
}

TEST_CASE("too few requests say nothing, and count as quiet") {
  Pressure pressure({.target = 10ms, .rise = 250ms, .dwell = 5s, .requests_min = 20});
  pressure.observe(1s, 19, at(0s));
  CHECK(pressure.level() == 0);
  pressure.observe(1s, 20, at(0s));
  REQUIRE(pressure.level() == 1);
  pressure.observe(1s, 1, at(5s));
  CHECK(pressure.level() == 0);
}

}  // namespace throttle
