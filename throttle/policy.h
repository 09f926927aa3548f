// Policy: how fast, and how much at once. A value; limits never live inside a bucket, so changing a
// policy takes effect at the next decision and refills nothing (law 9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "throttle/time.h"

namespace throttle {

// `count` per `per` on average, at most `burst` at once. count 0: nothing passes.
// Text form, used in configuration and in answers to people: "20/10s burst 40", "unlimited".
class Policy {
 public:
  static Policy unlimited();
  // nullopt when count or burst cannot be represented (see policy.cc for the bounds).
  static std::optional<Policy> make(std::uint64_t count, Duration per, std::uint64_t burst);
  static std::optional<Policy> parse(std::string_view text);
  std::string text() const;

  bool is_unlimited() const { return interval_.count() == 0; }
  Duration interval() const { return interval_; }  // one unit every so often
  std::uint64_t burst() const { return burst_; }

  bool operator==(const Policy&) const = default;

 private:
  Duration interval_{0};
  std::uint64_t burst_ = 0;
  std::uint64_t count_ = 0;
  Duration per_{0};
};

}  // namespace throttle
