// RichText: a post's text in pieces: plain text, addresses, @names and #tags.
//
//   for (const Piece& piece : pieces_of(post.text)) ...
//
// The pieces put together are the text again, byte for byte: nothing is dropped, shortened or
// decoded, so what a link shows is where it goes. An address is http or https up to white space,
// quotes and angle brackets, less the punctuation that ends a sentence. Names and tags begin a
// word. Linear in the text.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/web/pages/html.h"

namespace gateway::web::pages {

struct Piece {
  enum class Kind { kText, kAddress, kName, kTag };
  Kind kind = Kind::kText;
  std::string_view text;  // of the post, with @ or #
};

std::vector<Piece> pieces_of(std::string_view text);

// The text with its links: names to profiles, tags to their page, addresses outside with a rel that
// tells that page nothing.
void rich_text(Html& html, std::string_view text);

}  // namespace gateway::web::pages
