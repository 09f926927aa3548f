// Hashtags and mentions in a folded stretch: docs/track.md, section 5.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bridge::track {

// stretch[begin, end) is the `#tag` or `@name`.
struct Tag {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The one that begins at its # or @ at byte `at`, if one does.
std::optional<Tag> tag_at(std::string_view stretch, std::size_t at);

// Calls `found(tag)`, left to right, none overlapping.
template <class Found>
void for_each_tag(std::string_view stretch, Found found) {
  std::size_t at = 0;
  while ((at = stretch.find_first_of("#@", at)) != stretch.npos) {
    const auto tag = tag_at(stretch, at);
    if (tag) found(*tag);
    at = tag ? tag->end : at + 1;
  }
}

// The one that begins right at the beginning, if one does.
std::optional<Tag> leading_tag(std::string_view stretch);

}  // namespace bridge::track
