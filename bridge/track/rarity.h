// Rarity: which of some words is the rarest, in posts as far as those are known, and among the
// words of phrases: what many ask for, many write. Two rows of counters that words share by their
// hash: a word that falls on a common one's counter is taken for common, which costs time and
// nothing else. 256 KiB. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bridge::track {

class Rarity {
 public:
  // Somebody asks for it, or no longer.
  void ask(std::uint64_t hash, bool more) {
    const std::uint32_t step = more ? 1 : ~std::uint32_t{0};
    asked_[at(hash)] += step;
    asked_all_ += step;
  }
  // A post of so many words is going to be shown, then each of them.
  void begin_post() {
    if (++posts_ < kPostsMax) return;
    // What was is half of what counts.
    for (std::uint32_t& count : seen_) count /= 2;
    posts_ /= 2;
  }
  void see(std::uint64_t hash) { ++seen_[at(hash)]; }

  // The more, the more common.
  double of(std::uint64_t hash) const {
    return seen_[at(hash)] / (posts_ + 1.0) + asked_[at(hash)] / (asked_all_ + 1.0);
  }

 private:
  static constexpr std::size_t kCounters = 1U << 15;
  static constexpr std::uint32_t kPostsMax = 1U << 20;
  static std::size_t at(std::uint64_t hash) { return hash >> 49; }

  std::vector<std::uint32_t> asked_ = std::vector<std::uint32_t>(kCounters);
  std::vector<std::uint32_t> seen_ = std::vector<std::uint32_t>(kCounters);
  std::uint32_t asked_all_ = 0;
  std::uint32_t posts_ = 0;
};

}  // namespace bridge::track
