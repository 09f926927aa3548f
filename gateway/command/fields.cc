#include "gateway/command/fields.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "gateway/command/line_end.h"
#include "gateway/command/nick.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

constexpr std::size_t kDigitsMax = 18;

bool is_number(std::string_view word) {
  return !word.empty() && word.size() <= kDigitsMax &&
         word.find_first_not_of("0123456789") == std::string_view::npos;
}

// People write @alice for alice, and follow a name with a colon.
std::optional<std::string> read_nick(std::string_view word) {
  if (word.starts_with('@')) word.remove_prefix(1);
  if (!is_nick(word)) return std::nullopt;
  return std::string(word);
}

// A number alone is one too: nobody is called by digits, unless they are written @2024.
std::optional<std::string> read_post(std::string_view word) {
  const std::string_view number = word.starts_with('#') ? word.substr(1) : word;
  if (is_number(number)) return "#" + std::string(number);
  return word.starts_with('#') ? std::nullopt : read_nick(word);
}

std::optional<std::string> read_number(std::string_view word) {
  auto post = read_post(word);
  if (!post || !post->starts_with('#')) return std::nullopt;
  return post;
}

// The part before the @ may hold anything but these: RFC 7622 section 3.3.
std::optional<std::string> read_whom(std::string_view word) {
  if (word.starts_with("xmpp:")) word.remove_prefix(5);
  const std::size_t at = word.find('@');
  if (at == std::string_view::npos || at == 0) return read_nick(word);
  word = word.substr(0, word.find('/'));
  const bool good = at + 1 < word.size() && word.find_first_of("\"&'<>,:") == word.npos &&
                    word.find('@', at + 1) == word.npos;
  if (!good) return std::nullopt;
  return lower(word);
}

bool is_one_word(std::string_view text) {
  return !text.empty() && split_first(text).rest.empty();
}

bool takes_the_rest(Kind kind) {
  return kind == Kind::kText || kind == Kind::kPhrases || kind == Kind::kCommand ||
         kind == Kind::kDuration;
}

}  // namespace

std::optional<std::string> read_value(Kind kind, std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  switch (kind) {
    case Kind::kNick:
      return read_nick(text);
    case Kind::kPost:
      return read_post(text);
    case Kind::kNumber:
      return read_number(text);
    case Kind::kWord:
      if (!is_one_word(text)) return std::nullopt;
      return std::string(text);
    case Kind::kWhom:
      if (!is_one_word(text)) return std::nullopt;
      return read_whom(text);
    case Kind::kCount:
      if (!is_number(text)) return std::nullopt;
      return std::string(text);
    case Kind::kText:
      return std::string(text);
    case Kind::kPhrases:
      if (text.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
      return single_spaced(text);
    case Kind::kCommand:
      if (!find(lower(single_spaced(text)))) return std::nullopt;
      return lower(single_spaced(text));
    case Kind::kDuration:
      if (!read_how_long(text)) return std::nullopt;
      return single_spaced(text);
    case Kind::kFlag:
      if (text == "1" || lower(text) == "true") return "1";
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Values> read_fields(const Entry& entry, std::string_view rest) {
  Values values;
  rest = trim(rest);
  if (entry.read) {
    if (!entry.read(rest, values)) return std::nullopt;
    return values;
  }
  for (const Field& field : entry.fields) {
    if (rest.empty()) {
      if (!field.optional) return std::nullopt;
      continue;
    }
    const Split split =
        takes_the_rest(field.kind) ? Split{rest, std::string_view{}} : split_first(rest);
    auto value = read_value(field.kind, split.first);
    if (!value) return std::nullopt;
    values.set(field.name, std::move(*value));
    rest = split.rest;
  }
  if (!rest.empty()) return std::nullopt;
  return values;
}

wire::PostRef post_ref(std::string_view value) {
  wire::PostRef which;
  if (!value.starts_with('#')) {
    which.set_nick(std::string(value));
    return which;
  }
  std::uint64_t id = 0;
  std::from_chars(value.data() + 1, value.data() + value.size(), id);
  which.set_id(id);
  return which;
}

}  // namespace gateway::command
