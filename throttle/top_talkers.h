// TopTalkers: who was counted most often, of any number of keys, in a fixed room.
// Source: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient Computation of Frequent and Top-k
// Elements in Data Streams", 2005 (space-saving).
//
//   TopTalkers throttled(256);
//   throttled.add("alice@example.org");   ...   for (const auto& top : throttled.top(10)) ...
//
// A key that is not among those kept takes the place of the rarest and inherits its count, which
// stands beside it as `error`: the true count is between count - error and count, and every key
// with more than total / capacity is kept. So no metric needs a label per person. halve() now and
// then lets old ones fade. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "throttle/key_hash.h"

namespace throttle {

class TopTalkers {
 public:
  struct Talker {
    std::string key;
    std::uint64_t count = 0;
    std::uint64_t error = 0;
  };

  // Keys longer than kKeyBytesMax are cut.
  static constexpr std::size_t kKeyBytesMax = 256;

  explicit TopTalkers(std::size_t capacity, const HashSeed& seed = random_seed());

  void add(std::string_view key, std::uint64_t count = 1);
  // The greatest counts first.
  std::vector<Talker> top(std::size_t max) const;
  // Halves all counts and forgets those that come to nothing.
  void halve();
  std::uint64_t total() const { return total_; }
  std::size_t size() const { return heap_.size(); }

 private:
  void sift_up(std::size_t at);
  void sift_down(std::size_t at);
  void exchange(std::size_t a, std::size_t b);

  const std::size_t capacity_;
  std::vector<Talker> heap_;  // the least count in front
  std::unordered_map<std::string, std::size_t, KeyHash, std::equal_to<>> places_;  // in heap_
  std::uint64_t total_ = 0;
};

}  // namespace throttle
