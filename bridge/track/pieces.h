// A text cut into words and pieces: docs/track.md, section 3. Posts and what stands between quotes
// in a phrase are cut by the same function, so the two always agree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

struct Piece {
  enum class Kind { kPlain, kUrl, kHashtag, kMention };
  Kind kind = Kind::kPlain;
  std::string text;          // folded; a hashtag or mention with its # or @
  std::string_view written;  // a URL as written; empty for the others
};

struct Word {
  std::string_view written;
  std::vector<Piece> pieces;  // in text order, at least one
};

// `text` must be valid UTF-8 (an assert otherwise) and outlive the result, which views it.
std::vector<Word> cut(std::string_view text);

}  // namespace bridge::track
