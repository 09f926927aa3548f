// Phrase: one alternative of a `track` command, parsed. docs/track.md is the normative page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/result.h"

namespace bridge::track {

class Post;

// Immutable value; two phrases are the same when their canonical texts are.
class Phrase {
 public:
  // One alternative (no comma outside quotes). kBadRequest with a sentence for a person when it is
  // empty, longer than 60 bytes, not UTF-8, has only exclusions, or has an unclosed quote.
  static base::Result<Phrase> parse(std::string_view text);

  // A whole command line: alternatives separated by commas, duplicates removed. Nothing is returned
  // if one of them is bad.
  static base::Result<std::vector<Phrase>> parse_list(std::string_view text);

  // Folded, single-spaced, terms in canonical order: what is stored, listed and compared. Parsing it
  // again gives the same phrase.
  const std::string& canonical() const { return canonical_; }

  // Words of which every matching post contains each (folded). Never empty: the index files the
  // phrase under one of them.
  const std::vector<std::string>& required() const { return required_; }

  // Does it match this prepared post? Constant time per term.
  bool matches(const Post& post) const;

  bool operator==(const Phrase& other) const { return canonical_ == other.canonical_; }

 private:
  std::string canonical_;
  std::vector<std::string> required_;
  std::vector<std::string> excluded_;
  std::vector<std::vector<std::string>> runs_;  // quoted: these words side by side, in this order
};

}  // namespace bridge::track
