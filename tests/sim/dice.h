// Dice: all the chance there is in a simulated run, from one seed.
//
//   Dice dice(seed);  if (dice.chance(0.1)) ...  dice.between(1ms, 50ms);
//
// Its own arithmetic instead of the library's distributions, so that a seed means the same run with
// every compiler and in every build.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tests::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (S. Vigna).
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0 .. n-1; n is not 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  // Both ends included.
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  bool chance(double probability) {
    return static_cast<double>(next() >> 11) * 0x1.0p-53 < probability;
  }

  std::chrono::microseconds between(std::chrono::microseconds low, std::chrono::microseconds high) {
    return low +
           std::chrono::microseconds(below(static_cast<std::size_t>((high - low).count()) + 1));
  }

  template <class Container>
  auto& pick(Container& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace tests::sim
