// What the throttle tests say: times as durations since a start, policies as text, and properties.
#pragma once

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "throttle/gcra.h"
#include "throttle/policy.h"
#include "throttle/time.h"

namespace throttle {

using namespace std::chrono_literals;

// Some moment of a steady clock; nothing depends on which.
inline constexpr Time kStart{std::chrono::hours(1000)};

inline Time at(Duration since_start) {
  return kStart + since_start;
}

inline Policy policy(std::string_view text) {
  const auto parsed = Policy::parse(text);
  INFO("policy text: " << text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

// A rapidcheck property as an assertion of the case it stands in.
template <class Property>
void holds(const std::string& what, Property&& property) {
  CHECK(rc::check(what, std::forward<Property>(property)));
}

// From 1/s-ish to awkward: intervals that are no whole number, bursts from 1 up.
inline Policy any_policy() {
  const auto count = *rc::gen::inRange<std::uint64_t>(1, 50);
  const auto per = Duration(*rc::gen::inRange<std::int64_t>(1000, 5'000'000'000));
  const auto burst = *rc::gen::inRange<std::uint64_t>(1, 30);
  return *Policy::make(count, per, burst);
}

}  // namespace throttle
