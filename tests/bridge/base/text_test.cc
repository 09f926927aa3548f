#include "bridge/base/text.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>

namespace bridge::base {

namespace {

std::string encode(char32_t c) {
  const auto byte = [](char32_t v) { return static_cast<char>(static_cast<unsigned char>(v)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 63))};
  if (c < 0x10000) {
    return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
  }
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 63)), byte(0x80 | (c >> 6 & 63)),
          byte(0x80 | (c & 63))};
}

bool fine(std::string_view text) {
  return check_text(text, 1000).has_value();
}

std::string complaint(std::string_view text) {
  return check_text(text, 1000).error().text;
}

}  // namespace

TEST_CASE("Every Unicode scalar value is told apart from everything else") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    char32_t back = 0;
    const std::string bytes = encode(c);
    const bool surrogate = c >= 0xD800 && c < 0xE000;
    const std::size_t expected = surrogate ? 0 : bytes.size();
    if (decode_utf8(bytes, back) != expected || (!surrogate && back != c)) FAIL("at " << +c);
  }
  SUCCEED();
}

TEST_CASE("Ordinary text passes, with newlines and tabs") {
  CHECK(fine(""));
  CHECK(fine("caf\xC3\xA9\n\ttea \xF0\x9F\x90\xA6 \xE2\x80\x8D"));
}

TEST_CASE("Control characters are refused with their place") {
  CHECK(complaint(std::string_view("ab\0c", 4)) == "The text has a control character at byte 2.");
  CHECK_FALSE(fine("\r"));
  CHECK_FALSE(fine("\x1B[2J"));
  CHECK_FALSE(fine("\x7F"));
  CHECK_FALSE(fine("\xC2\x9B"));
}

TEST_CASE("What is not UTF-8 is refused with its place") {
  CHECK(complaint("abc\xFF") == "The text is not valid UTF-8 at byte 3.");
  CHECK_FALSE(fine("\xC3"));              // cut off
  CHECK_FALSE(fine("\xC0\x80"));          // not the shortest form
  CHECK_FALSE(fine("\xE0\x80\xAF"));      // nor this
  CHECK_FALSE(fine("\xED\xA0\x80"));      // a surrogate
  CHECK_FALSE(fine("\xF4\x90\x80\x80"));  // beyond Unicode
  CHECK_FALSE(fine("\x80"));              // a continuation of nothing
}

TEST_CASE("What XML cannot carry is refused") {
  CHECK_FALSE(fine("\xEF\xBF\xBE"));
  CHECK_FALSE(fine("\xEF\xBF\xBF"));
  CHECK(fine("\xEF\xBF\xBD"));
}

TEST_CASE("Too long is refused before anything is read") {
  CHECK(check_text("12345", 5).has_value());
  CHECK_FALSE(check_text("123456", 5).has_value());
}

TEST_CASE("No bytes upset it") {
  CHECK(rc::check([](const std::string& bytes) {
    const bool ok = check_text(bytes, bytes.size()).has_value();
    RC_ASSERT(ok || !bytes.empty());
  }));
}

}  // namespace bridge::base
