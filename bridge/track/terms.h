// What a post is made of, as far as tracking is concerned. docs/track.md is the normative page.
//
//   tokenize("Hi @Bob, see #NYC")  ->  words hi @bob, @bob bob see #nyc nyc, hashtags nyc, mentions
//   bob
//
// Pure functions, any thread. This shows a post to a person; matching goes through Post.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

// The four lists `lapwingctl tokens` prints. Folded except urls.
struct Tokens {
  std::vector<std::string> words;     // each once, in text order
  std::vector<std::string> hashtags;  // without #
  std::vector<std::string> mentions;  // without @
  std::vector<std::string> urls;      // as written
};

// Only what passes here may be given to the functions below, to Post and to characters.h.
bool is_utf8(std::string_view text);

// `text` must be valid UTF-8 (an assert otherwise).
Tokens tokenize(std::string_view text);

// The form in which words and phrases are compared: NFC, full case folding, and one spelling of
// the apostrophe, # and @. Folding twice changes nothing more. Valid UTF-8, as above.
std::string fold(std::string_view text);

}  // namespace bridge::track
