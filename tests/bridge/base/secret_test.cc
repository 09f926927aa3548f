#include "bridge/base/secret.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace bridge::base {
namespace {

TEST_CASE("random words have their length, their alphabet, and do not repeat") {
  CHECK(kUnambiguous.size() == 32);
  std::set<std::string> words;
  std::set<char> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string word = random_word(kUnambiguous, 10);
    CHECK(word.size() == 10);
    seen.insert(word.begin(), word.end());
    words.insert(word);
  }
  CHECK(words.size() == 1000);
  CHECK(seen == std::set<char>(kUnambiguous.begin(), kUnambiguous.end()));
}

TEST_CASE("a word is read however it is written, and nothing else is one") {
  for (const char* written : {"K7QFMX", "k7qf-mx", " K7 QF-mX"})
    CHECK(read_word(written, 6) == "K7QFMX");
  for (const char* written : {"", "K7QFM", "K7QFMXA", "K7QF-M0", "K7QF_MX", "K7QFMÜ"})
    CHECK_FALSE(read_word(written, 6));
}

TEST_CASE("a token of 32 bytes is 43 characters that need no quoting anywhere") {
  const std::string token = random_token(32);
  CHECK(token.size() == 43);
  CHECK(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
      std::string::npos);
}

TEST_CASE("digests are SHA-256 and HMAC-SHA-256") {
  // FIPS 180-2, appendix B.1; RFC 4231, test case 2, its key filled up with zeros as HMAC does.
  CHECK(hex(digest_of("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Digest key{};
  key[0] = 'J', key[1] = 'e', key[2] = 'f', key[3] = 'e';
  CHECK(hex(keyed_digest(key, "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("secrets are the same when all of them is") {
  CHECK(same_secret("abc", "abc"));
  CHECK_FALSE(same_secret("abc", "abd"));
  CHECK_FALSE(same_secret("abc", "abcd"));
  CHECK(same_secret("", ""));
}

}  // namespace
}  // namespace bridge::base
