// Breaker: stops asking somebody who does not answer, and finds out when they do again.
// Source: M. Nygard, "Release It!", 2007.
//
//   if (!breaker.allow(now)) return answer_wait(breaker.retry_at() - now);
//   ask();   ...   answered ? breaker.succeeded(now) : breaker.failed(now);
//
//   closed      everything is asked. At `failures` of at least `volume` answers within the window
//   it
//               opens.
//   open        nothing is asked until `rest` is over.
//   half-open   one at a time is asked. `probes` good answers in a row close it; one failure opens
//   it
//               again, for twice as long, at most `rest_max`.
//
// Every allowed request must come back as succeeded() or failed(); a timeout is a failure, and so
// is an answer that says "I cannot". The window is ten equal parts that fall out of it one by one.
// One thread, no clock.
#pragma once

#include <array>
#include <cstdint>

#include "throttle/time.h"

namespace throttle {

struct BreakerOptions {
  Duration window = std::chrono::seconds(10);
  std::uint32_t volume = 20;  // fewer answers in the window say nothing
  double failures = 0.5;      // the share of them that opens it
  Duration rest = std::chrono::seconds(1);
  Duration rest_max = std::chrono::seconds(15);
  std::uint32_t probes = 3;
};

class Breaker {
 public:
  enum class State : std::uint8_t { kClosed, kHalfOpen, kOpen };

  explicit Breaker(BreakerOptions options = {}) : options_(options), rest_(options.rest) {}

  // May one more be asked? In the half-open state a yes takes the one place there is.
  bool allow(Time now);
  void succeeded(Time now);
  void failed(Time now);
  // Whether allow() would say yes.
  bool would_allow(Time now) const {
    const bool taken = state_ == State::kHalfOpen && probing_;
    return state(now) != State::kOpen && !taken;
  }
  // What was allowed was not asked after all.
  void forget();

  State state(Time now) const {
    return state_ == State::kOpen && now >= retry_at_ ? State::kHalfOpen : state_;
  }
  // Of an open one: when it will allow one again.
  Time retry_at() const { return retry_at_; }
  std::uint64_t opened() const { return opened_; }

 private:
  static constexpr std::size_t kParts = 10;
  struct Part {
    std::int64_t number = -1;
    std::uint32_t good = 0;
    std::uint32_t bad = 0;
  };

  Part& part_at(Time now);
  bool too_many(Time now);
  void open(Time now);

  BreakerOptions options_;
  State state_ = State::kClosed;
  std::array<Part, kParts> parts_{};
  Time retry_at_{};
  Duration rest_;
  bool probing_ = false;
  std::uint32_t good_probes_ = 0;
  std::uint64_t opened_ = 0;
};

}  // namespace throttle
