#include "bridge/track/tags.h"

#include "bridge/track/characters.h"

namespace bridge::track {
namespace {

bool is_one_of(char32_t c, std::u32string_view set) {
  return set.find(c) != set.npos;
}

// Signs that are no letters and yet belong to words of Hebrew, Tibetan and Japanese.
constexpr std::u32string_view kSigns =
    U"\u05BE\u05F3\u05F4\u0F0B\u0F0C\u3003\u301C\u309B\u309C\u30A0\uA67E\uFF5E";
// They hold two letters together: Catalan's middle dot, Japanese's, and the zero-width ones.
constexpr std::u32string_view kJoiners = U"\u00B7\u200C\u200D\u30FB";

bool is_tag_character(char32_t c) {
  return is_word(c) || c == U'_' || is_one_of(c, kSigns);
}

bool is_name_character(char32_t c) {
  return (c >= U'a' && c <= U'z') || is_ascii_digit(c) || c == U'_';
}

bool is_address_next(std::string_view rest) {
  return rest.starts_with("://");
}

std::size_t tag_body_end(std::string_view stretch, std::size_t begin) {
  std::size_t end = begin;
  for (;;) {
    const Character c = character_at(stretch, end);
    if (c.size == 0) return end;
    std::size_t next = end + c.size;
    if (end > begin && is_one_of(c.code, kJoiners)) {
      const Character joined = character_at(stretch, next);
      if (joined.size == 0 || !is_tag_character(joined.code)) return end;
      next += joined.size;
    } else if (!is_tag_character(c.code)) {
      return end;
    }
    end = next;
  }
}

bool has_letter(std::string_view body) {
  for (std::size_t at = 0; at < body.size();) {
    const Character c = character_at(body, at);
    if (is_letter_or_mark(c.code)) return true;
    at += c.size;
  }
  return false;
}

std::optional<Tag> hashtag_at(std::string_view stretch, std::size_t at) {
  const Character before = character_before(stretch, at);
  if (is_word(before.code) || is_one_of(before.code, U"_&")) return std::nullopt;
  const std::size_t end = tag_body_end(stretch, at + 1);
  if (!has_letter(stretch.substr(at + 1, end - at - 1))) return std::nullopt;
  if (is_address_next(stretch.substr(end))) return std::nullopt;
  return Tag{at, end};
}

bool may_precede_mention(std::string_view stretch, std::size_t at) {
  if (at == 0 || stretch.substr(0, at) == "rt") return true;
  const char32_t before = character_before(stretch, at).code;
  return !is_name_character(before) && !is_one_of(before, U"!#$%&*@");
}

std::optional<Tag> mention_at(std::string_view stretch, std::size_t at) {
  constexpr std::size_t kNameMax = 20;
  if (!may_precede_mention(stretch, at)) return std::nullopt;
  std::size_t end = at + 1;
  while (is_name_character(character_at(stretch, end).code)) ++end;
  const std::string_view name = stretch.substr(at + 1, end - at - 1);
  if (name.size() > kNameMax || !has_word_character(name)) return std::nullopt;
  const Character after = character_at(stretch, end);
  if (is_near_word(after.code) || after.code == U'@') return std::nullopt;
  if (is_address_next(stretch.substr(end))) return std::nullopt;
  return Tag{at, end};
}

}  // namespace

std::optional<Tag> tag_at(std::string_view stretch, std::size_t at) {
  return stretch[at] == '#' ? hashtag_at(stretch, at) : mention_at(stretch, at);
}

std::optional<Tag> leading_tag(std::string_view stretch) {
  if (!stretch.starts_with('#') && !stretch.starts_with('@')) return std::nullopt;
  return tag_at(stretch, 0);
}

}  // namespace bridge::track
