// The character classes and the folding of docs/track.md, sections 1 and 2, and walking over UTF-8.
// Everything here takes valid UTF-8. With fold.cc the only place that knows ICU.
#pragma once

#include <cstddef>
#include <string_view>

namespace bridge::track {

struct Character {
  char32_t code = 0;
  std::size_t size = 0;  // bytes; 0: there is none
};

// The character that begins at byte `at`; none at the end.
Character character_at(std::string_view text, std::size_t at);
// The character that ends before byte `at`; none at the beginning.
Character character_before(std::string_view text, std::size_t at);

inline constexpr bool is_ascii_letter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}
inline constexpr bool is_ascii_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}

bool is_space(char32_t c);
// W: a letter, mark or number; everything else that is no space is punctuation.
bool is_word(char32_t c);
// N: a word character below U+0590, of a Latin, Greek, Cyrillic or Armenian text.
bool is_near_word(char32_t c);
// A word character that is no number (general category N*).
bool is_letter_or_mark(char32_t c);

// Calls `found` with each maximal run of word characters, in order.
template <class Found>
void for_each_part(std::string_view text, Found found) {
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Character c = character_at(text, at);
    if (!is_word(c.code)) {
      if (at > begin) found(text.substr(begin, at - begin));
      begin = at + c.size;
    }
    at += c.size;
  }
  if (at > begin) found(text.substr(begin));
}

bool has_word_character(std::string_view text);
// Without the punctuation at both ends; empty when there is nothing else.
std::string_view trim_punctuation(std::string_view text);

}  // namespace bridge::track
