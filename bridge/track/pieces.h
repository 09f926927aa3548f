// A text cut into words and pieces: docs/track.md, section 3. Posts and what stands between quotes
// in a phrase are cut by the same function, so the two always agree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

struct Piece {
  enum class Kind : std::uint8_t { kPlain, kUrl, kHashtag, kMention };
  Kind kind = Kind::kPlain;
  bool plain_part = false;   // ASCII letters and digits alone: its own and only part
  std::uint32_t begin = 0;   // of its folded letters; a hashtag or mention with its # or @
  std::uint32_t size = 0;    // never 0
  std::uint32_t word = 0;    // which it belongs to
  std::string_view written;  // a URL as written; empty for the others

  bool is_tag() const { return kind == Kind::kHashtag || kind == Kind::kMention; }
};

// Kept and used again by whoever cuts many texts, so that it need not be made anew.
struct Pieces {
  std::string letters;                  // of all pieces, folded, one behind the other
  std::vector<Piece> all;               // in text order
  std::vector<std::string_view> words;  // as written; each has at least one piece

  std::string_view text(const Piece& piece) const {
    return std::string_view(letters).substr(piece.begin, piece.size);
  }
};

// `text` must be valid UTF-8 (an assert otherwise) and outlive the result, which views it.
void cut(std::string_view text, Pieces& out);
Pieces cut(std::string_view text);

}  // namespace bridge::track
