// Hashtags and mentions in a folded stretch: docs/track.md, section 5.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace bridge::track {

// stretch[begin, end) is the `#tag` or `@name`.
struct Tag {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Left to right, none overlapping.
std::vector<Tag> find_tags(std::string_view stretch);

// The one that begins right at the beginning, if one does.
std::optional<Tag> leading_tag(std::string_view stretch);

}  // namespace bridge::track
