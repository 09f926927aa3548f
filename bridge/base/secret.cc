#include "bridge/base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "throttle/require.h"

namespace bridge::base {
namespace {

constexpr std::string_view kTokenAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void fill(unsigned char* bytes, std::size_t count) {
  throttle::require(RAND_bytes(bytes, static_cast<int>(count)) == 1,
                    "the system has random bytes to give");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Digest random_digest() {
  Digest digest;
  fill(digest.data(), digest.size());
  return digest;
}

std::string random_word(std::string_view alphabet, std::size_t length) {
  throttle::require(std::has_single_bit(alphabet.size()) && alphabet.size() <= 256,
                    "an alphabet of random words has a power of two of characters");
  std::vector<unsigned char> bytes(length);
  fill(bytes.data(), bytes.size());
  std::string word(length, '?');
  std::ranges::transform(bytes, word.begin(),
                         [&](unsigned char byte) { return alphabet[byte % alphabet.size()]; });
  return word;
}

std::optional<std::string> read_word(std::string_view written, std::size_t length) {
  std::string word;
  for (const char c : written) {
    if (c == '-' || c == ' ') continue;
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (kUnambiguous.find(upper) == std::string_view::npos || word.size() == length)
      return std::nullopt;
    word += upper;
  }
  if (word.size() != length) return std::nullopt;
  return word;
}

std::string random_token(std::size_t bytes) {
  constexpr std::size_t kBits = 6;  // of a character
  return random_word(kTokenAlphabet, (bytes * 8 + kBits - 1) / kBits);
}

Digest digest_of(std::string_view text) {
  Digest digest;
  unsigned length = 0;
  const int made =
      EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  throttle::require(made == 1 && length == digest.size(), "SHA-256 is to be had");
  return digest;
}

Digest keyed_digest(const Digest& key, std::string_view text) {
  Digest digest;
  unsigned length = 0;
  const unsigned char* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                   bytes_of(text), text.size(), digest.data(), &length);
  throttle::require(made != nullptr && length == digest.size(), "HMAC-SHA-256 is to be had");
  return digest;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::size_t HashDigest::operator()(const Digest& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

}  // namespace bridge::base
