// URLs in a word as written: docs/track.md, section 4. Linear in the length of the word.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Left to right, none overlapping. `word` has no spaces.
std::vector<Span> find_urls(std::string_view word);

// The length of `http://` or `https://` at the beginning, in any case; 0 when there is none.
std::size_t scheme_size(std::string_view text);

// What two spellings of the same address have in common: no scheme, no www., no / at the end.
std::string_view canonical_url(std::string_view folded);

}  // namespace bridge::track
