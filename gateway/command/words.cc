#include "gateway/command/words.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gateway::command {
namespace {

// UTF-8 of the spaces beyond ASCII.
constexpr std::array<std::string_view, 22> kWideSpaces = {
    "\xc2\x85",      // next line
    "\xc2\xa0",      // no-break space
    "\xe1\x9a\x80",  // ogham space
    "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
    "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
    "\xe2\x80\x8b",  // zero-width space
    "\xe2\x80\xa8",  // line separator
    "\xe2\x80\xa9",  // paragraph separator
    "\xe2\x80\xaf",  // narrow no-break space
    "\xe2\x81\x9f",  // mathematical space
    "\xe2\x81\xa0",  // word joiner
    "\xe3\x80\x80",  // ideographic space
    "\xef\xbb\xbf",  // byte order mark
};

// Bytes of the space that `text` begins with; 0 when it begins with something else.
std::size_t space_at(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned char first = static_cast<unsigned char>(text.front());
  if (first <= 0x20 || first == 0x7f) return 1;
  if (first < 0x80) return 0;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

std::string_view trim_front(std::string_view text) {
  while (const std::size_t size = space_at(text)) text.remove_prefix(size);
  return text;
}

std::string_view trim_back(std::string_view text) {
  for (;;) {
    std::size_t size = 0;
    for (std::size_t tail = 1; tail <= 3 && tail <= text.size() && size == 0; ++tail) {
      if (space_at(text.substr(text.size() - tail)) == tail) size = tail;
    }
    if (size == 0) return text;
    text.remove_suffix(size);
  }
}

}  // namespace

std::string_view trim(std::string_view text) {
  return trim_back(trim_front(text));
}

Split split_first(std::string_view text) {
  text = trim(text);
  std::size_t end = 0;
  while (end < text.size() && space_at(text.substr(end)) == 0) ++end;
  return {text.substr(0, end), trim_front(text.substr(end))};
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (Split split = split_first(text); !split.first.empty(); split = split_first(split.rest)) {
    words.push_back(split.first);
  }
  return words;
}

std::string single_spaced(std::string_view text) {
  std::string joined;
  for (const std::string_view word : split_words(text)) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

bool one_edit_apart(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() > b.size() + 1 || a == b) return false;
  const auto [at_a, at_b] = std::ranges::mismatch(a, b);
  const auto from = static_cast<std::size_t>(at_a - a.begin());
  if (a.size() > b.size()) return a.substr(from + 1) == b.substr(from);  // one letter more
  if (a.substr(from + 1) == b.substr(from + 1)) return true;             // one letter wrong
  return from + 1 < a.size() && a[from] == b[from + 1] && a[from + 1] == b[from] &&
         a.substr(from + 2) == b.substr(from + 2);  // two letters swapped
}

}  // namespace gateway::command
