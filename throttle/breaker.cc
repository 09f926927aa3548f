#include "throttle/breaker.h"

#include <algorithm>

namespace throttle {

bool Breaker::allow(Time now) {
  if (state_ == State::kOpen && now >= retry_at_) {
    state_ = State::kHalfOpen;
    probing_ = false;
    good_probes_ = 0;
  }
  if (state_ == State::kClosed) return true;
  if (state_ == State::kOpen || probing_) return false;
  probing_ = true;
  return true;
}

void Breaker::forget() {
  probing_ = false;
}

void Breaker::succeeded(Time now) {
  if (state_ == State::kClosed) {
    ++part_at(now).good;
    return;
  }
  // Answers to what was asked before it opened prove nothing about now.
  if (state_ == State::kOpen || !probing_) return;
  probing_ = false;
  if (++good_probes_ < options_.probes) return;
  state_ = State::kClosed;
  parts_ = {};
  rest_ = options_.rest;
}

void Breaker::failed(Time now) {
  if (state_ == State::kClosed) {
    ++part_at(now).bad;
    if (too_many(now)) open(now);
    return;
  }
  if (state_ == State::kOpen || !probing_) return;
  rest_ = std::min(2 * rest_, options_.rest_max);
  open(now);
}

void Breaker::open(Time now) {
  state_ = State::kOpen;
  retry_at_ = now + rest_;
  probing_ = false;
  ++opened_;
}

Breaker::Part& Breaker::part_at(Time now) {
  const std::int64_t number = now.time_since_epoch() / (options_.window / kParts);
  Part& part = parts_[static_cast<std::size_t>(number) % kParts];
  if (part.number != number) part = {.number = number};
  return part;
}

bool Breaker::too_many(Time now) {
  const std::int64_t newest = now.time_since_epoch() / (options_.window / kParts);
  std::uint64_t good = 0, bad = 0;
  for (const Part& part : parts_) {
    if (part.number <= newest - static_cast<std::int64_t>(kParts) || part.number > newest) continue;
    good += part.good;
    bad += part.bad;
  }
  const std::uint64_t all = good + bad;
  return all >= options_.volume &&
         static_cast<double>(bad) >= options_.failures * static_cast<double>(all);
}

}  // namespace throttle
