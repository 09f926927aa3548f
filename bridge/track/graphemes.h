// Graphemes: how long a text is, as people count: é is one character however it is encoded, and so
// is a family of emoji.
#pragma once

#include <cstddef>
#include <string_view>

namespace bridge::track {

// Extended grapheme clusters (UAX 29) of valid UTF-8. A newline is one.
std::size_t count_graphemes(std::string_view text);

}  // namespace bridge::track
