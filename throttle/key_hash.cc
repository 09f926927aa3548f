#include "throttle/key_hash.h"

#include <bit>
#include <cstring>
#include <random>

namespace throttle {
namespace {

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  }

  void absorb(std::uint64_t word, int count) {
    v3 ^= word;
    rounds(count);
    v0 ^= word;
  }
};

// Up to eight bytes, the first one lowest.
std::uint64_t little_endian(std::string_view bytes) {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t word = 0;
    if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
    return word;
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

}  // namespace

HashSeed random_seed() {
  thread_local std::random_device entropy;  // opening it takes longer than asking it
  const auto word = [&] { return (std::uint64_t{entropy()} << 32) | entropy(); };
  return {word(), word()};
}

template <int kCompress, int kFinish>
std::uint64_t sip_hash(const HashSeed& seed, std::string_view text) {
  SipState state{seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
                 seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573};
  const std::uint64_t length = std::uint64_t{text.size()} << 56;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    state.absorb(little_endian(text.substr(0, 8)), kCompress);
  }
  state.absorb(length | little_endian(text), kCompress);
  state.v2 ^= 0xff;
  state.rounds(kFinish);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

template std::uint64_t sip_hash<1, 3>(const HashSeed&, std::string_view);
template std::uint64_t sip_hash<2, 4>(const HashSeed&, std::string_view);

}  // namespace throttle
