// Folding into a text that already holds something: docs/track.md, section 2. terms.h has the
// simple form of it.
#pragma once

#include <string>
#include <string_view>

namespace bridge::track {

// Appends the folded text. `text` is valid UTF-8 and no part of `out`.
void fold(std::string_view text, std::string& out);

}  // namespace bridge::track
