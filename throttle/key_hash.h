// KeyHash: SipHash with a secret seed, for tables whose keys strangers choose (addresses, domains).
//
// With a known hash a flood of colliding keys turns a table into a list, and every lookup into a
// walk along it. Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace throttle {

using HashSeed = std::array<std::uint64_t, 2>;

// From the system's entropy.
HashSeed random_seed();

// SipHash-c-d. The paper's test vector is for 2-4; a table needs no more than 1-3.
template <int kCompress, int kFinish>
std::uint64_t sip_hash(const HashSeed& seed, std::string_view text);

extern template std::uint64_t sip_hash<1, 3>(const HashSeed&, std::string_view);
extern template std::uint64_t sip_hash<2, 4>(const HashSeed&, std::string_view);

struct KeyHash {
  using is_transparent = void;  // lookups by string_view make no string
  HashSeed seed;
  std::size_t operator()(std::string_view key) const { return sip_hash<1, 3>(seed, key); }
};

}  // namespace throttle
