// The character classes of docs/track.md, section 1, the folding of a single character, and walking
// over UTF-8. Everything here takes valid UTF-8. With fold.cc the only place that knows ICU.
//
// What ICU says of a character is asked once for each block of 256 and kept, so that a post in
// Greek costs little more than one in English. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
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

// What there is to know about a character.
class Traits {
 public:
  enum Flag : std::uint32_t {
    kSpace = 1U << 21,
    kWord = 1U << 22,
    kNumber = 1U << 23,
    kMark = 1U << 24,
    kRun = 1U << 25,    // a letter or number of a script that is written without spaces
    kAlone = 1U << 26,  // whatever stands beside it, it folds to the one character below
  };

  constexpr Traits() = default;
  constexpr Traits(char32_t folded, std::uint32_t flags) : bits_(folded | flags) {}
  constexpr bool is(Flag flag) const { return (bits_ & flag) != 0; }
  constexpr char32_t folded() const { return bits_ & 0x1FFFFF; }

 private:
  std::uint32_t bits_ = 0;
};

// Of a character outside ASCII.
Traits traits_of(char32_t c);

inline constexpr bool is_ascii_letter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}
inline constexpr bool is_ascii_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}

inline bool is_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D);
  return traits_of(c).is(Traits::kSpace);
}
// W: a letter, mark or number; everything else that is no space is punctuation.
inline bool is_word(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c) || is_ascii_digit(c);
  return traits_of(c).is(Traits::kWord);
}
// N: a word character below U+0590, of a Latin, Greek, Cyrillic or Armenian text.
inline bool is_near_word(char32_t c) {
  return c < 0x590 && is_word(c);
}
// A word character that is no number (general category N*).
bool is_letter_or_mark(char32_t c);
inline bool is_mark(char32_t c) {
  return c >= 0x80 && traits_of(c).is(Traits::kMark);
}
// R: a letter or number of a script without spaces.
inline bool is_run(char32_t c) {
  return c >= 0xE00 && traits_of(c).is(Traits::kRun);
}

// Calls `found(part, run)` with each part, in order: the longest runs of word characters, cut where
// R meets another letter or number. `run`: of R.
template <class Found>
void for_each_part(std::string_view text, Found found) {
  enum { kNone, kPlain, kRun } kind = kNone;
  std::size_t begin = 0;
  std::size_t at = 0;
  const auto finish = [&](std::size_t next) {
    if (at > begin) found(text.substr(begin, at - begin), kind == kRun);
    begin = next;
    kind = kNone;
  };
  while (at < text.size()) {
    const Character c = character_at(text, at);
    if (!is_word(c.code)) {
      finish(at + c.size);
    } else if (!is_mark(c.code)) {
      const auto its = is_run(c.code) ? kRun : kPlain;
      if (kind != kNone && kind != its) finish(at);
      kind = its;
    }
    at += c.size;
  }
  finish(at);
}

// Calls `found(cluster)` with each cluster of an R part: it is cut before every letter and number,
// so that marks stay with what they stand on.
template <class Found>
void for_each_cluster(std::string_view part, Found found) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < part.size();) {
    const Character c = character_at(part, at);
    if (at > begin && !is_mark(c.code)) {
      found(part.substr(begin, at - begin));
      begin = at;
    }
    at += c.size;
  }
  found(part.substr(begin));
}

// Calls `found(gram)` with what an R part is filed under and looked up by: its cluster when there
// is one, else every two that stand side by side.
template <class Found>
void for_each_gram(std::string_view part, Found found) {
  std::string_view last;
  bool paired = false;
  for_each_cluster(part, [&](std::string_view cluster) {
    if (!last.empty()) {
      found(std::string_view(last.data(), last.size() + cluster.size()));
      paired = true;
    }
    last = cluster;
  });
  if (!paired) found(last);
}

// Is the whole text one part, and of R?
bool is_run_part(std::string_view text);
// Where the clusters of `word` stand in those of `part`: at or after byte `from`, `npos` when they
// do not. Both are R parts.
std::size_t find_clusters(std::string_view part, std::string_view word, std::size_t from = 0);

bool has_word_character(std::string_view text);
// Without the punctuation at both ends; empty when there is nothing else.
std::string_view trim_punctuation(std::string_view text);

}  // namespace bridge::track
