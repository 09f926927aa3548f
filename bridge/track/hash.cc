#include "bridge/track/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <random>

namespace bridge::track {
namespace {

using Secret = std::array<std::uint32_t, XXH3_SECRET_SIZE_MIN / sizeof(std::uint32_t) + 1>;

const Secret& secret() {
  static const Secret made_up = [] {
    std::random_device random;
    Secret numbers;
    for (std::uint32_t& number : numbers) number = random();
    return numbers;
  }();
  return made_up;
}

}  // namespace

std::uint64_t hash_of(std::string_view word) {
  const Secret& key = secret();
  return XXH3_64bits_withSecret(word.data(), word.size(), key.data(), sizeof key);
}

}  // namespace bridge::track
