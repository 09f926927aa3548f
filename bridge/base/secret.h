// Secrets: random words nobody can guess, and digests to keep in their place.
//
//   const std::string code = random_word(kUnambiguous, 10);   // 50 bits
//   const Digest kept = keyed_digest(key, code);
//
// Random bytes come from the system's generator; a system without one ends the process, since there
// is no second best. OpenSSL stops at the .cc. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bridge::base {

using Digest = std::array<std::uint8_t, 32>;

// 32 characters that are not taken for each other, read aloud or on paper: 5 bits each.
inline constexpr std::string_view kUnambiguous = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

Digest random_digest();
// Every character equally likely. The alphabet has a power of two of them, at most 256.
std::string random_word(std::string_view alphabet, std::size_t length);
// One that was made of kUnambiguous, from what a person typed: case, spaces and hyphens don't
// matter. nullopt: it is none of this length.
std::optional<std::string> read_word(std::string_view written, std::size_t length);
// So many random bytes, as letters, digits, - and _: for cookies and links.
std::string random_token(std::size_t bytes);

// SHA-256: for secrets that are too long to guess from their digest.
Digest digest_of(std::string_view text);
// HMAC-SHA-256: for short ones. Who lacks the key cannot try them out.
Digest keyed_digest(const Digest& key, std::string_view text);

// Takes the same time wherever two texts of one length differ.
bool same_secret(std::string_view a, std::string_view b);

std::string hex(const Digest& digest);

struct HashDigest {  // a digest is as good a hash as any
  std::size_t operator()(const Digest& digest) const;
};

}  // namespace bridge::base
