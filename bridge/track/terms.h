// What a post is made of, as far as tracking is concerned. docs/track.md is the normative page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

// The four lists `lapwingctl tokens` prints. Folded (NFC, full Unicode case folding) except urls.
struct Tokens {
  std::vector<std::string> words;     // each once, in text order
  std::vector<std::string> hashtags;  // without #
  std::vector<std::string> mentions;  // without @
  std::vector<std::string> urls;      // as written
};

// `text` must be valid UTF-8 (an assert otherwise).
Tokens tokenize(std::string_view text);

// Case-folded NFC, the form in which words and phrases are compared.
std::string fold(std::string_view text);

}  // namespace bridge::track
