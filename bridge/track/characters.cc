#include "bridge/track/characters.h"

#include <unicode/uchar.h>

#include <cstdint>

#include "bridge/base/text.h"

namespace bridge::track {
namespace {

constexpr std::uint32_t kLetters = U_GC_L_MASK;
constexpr std::uint32_t kNumbers = U_GC_N_MASK;
constexpr std::uint32_t kMarks = U_GC_MN_MASK | U_GC_MC_MASK;

// They say how the emoji before them is drawn; as a letter of their own they would hide a word's
// end.
constexpr bool is_variation_selector(char32_t c) {
  return c >= 0xFE00 && c <= 0xFE0F;
}

bool is_of(char32_t c, std::uint32_t categories) {
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & categories) != 0;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  Character c;
  c.size = base::decode_utf8(text.substr(at), c.code);
  return c;
}

Character character_before(std::string_view text, std::size_t at) {
  if (at == 0) return {};
  std::size_t begin = at - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
  return character_at(text, begin);
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D);
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_WHITE_SPACE) != 0;
}

bool is_word(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c) || is_ascii_digit(c);
  return is_of(c, kLetters | kNumbers | kMarks) && !is_variation_selector(c);
}

bool is_near_word(char32_t c) {
  return c < 0x590 && is_word(c);
}

bool is_letter_or_mark(char32_t c) {
  return is_word(c) && !is_of(c, kNumbers);
}

bool has_word_character(std::string_view text) {
  return !trim_punctuation(text).empty();
}

std::string_view trim_punctuation(std::string_view text) {
  while (!text.empty()) {
    const Character first = character_at(text, 0);
    if (is_word(first.code)) break;
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    const Character last = character_before(text, text.size());
    if (is_word(last.code)) break;
    text.remove_suffix(last.size);
  }
  return text;
}

}  // namespace bridge::track
