// Phrase: one alternative of a `track` command, parsed. docs/track.md is the normative page.
//
//   auto phrases = Phrase::parse_list("nyc food, \"drinking tea\" -coffee");
//   if (phrases && (*phrases)[0].matches(Post(text))) ...
//
// Immutable, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/base/result.h"
#include "bridge/track/canonical.h"
#include "bridge/track/reader.h"

namespace bridge::track {

class Post;

// Does a phrase of this canonical form match the post? Constant time per bare word, linear in the
// post per quote.
bool matches(std::string_view canonical, const Post& post);

// Two phrases are the same when their canonical texts are. That text is all there is to it.
class Phrase {
 public:
  // One alternative (no comma outside quotes). kBadRequest with a sentence for a person when it is
  // empty, longer than 60 bytes, not UTF-8, has only exclusions, or has an unclosed quote.
  static base::Result<Phrase> parse(std::string_view text);

  // What canonical() of another phrase gave, taken for granted.
  static Phrase of_canonical(std::string_view text) { return Phrase(std::string(text)); }

  // A whole command line: alternatives separated by commas, duplicates removed. Nothing is returned
  // if one of them is bad, or if there is none.
  static base::Result<std::vector<Phrase>> parse_list(std::string_view text);

  // Folded, single-spaced, terms in canonical order: what is stored, listed and compared. Parsing
  // it again gives the same phrase.
  const std::string& canonical() const { return canonical_; }

  // Tokens of which every matching post has each, sorted. Never empty: the index files the phrase
  // under one of them.
  std::vector<std::string> required() const;

  bool matches(const Post& post) const { return track::matches(canonical_, post); }

  bool operator==(const Phrase& other) const { return canonical_ == other.canonical_; }

 private:
  explicit Phrase(std::string canonical) : canonical_(std::move(canonical)) {}
  static base::Result<Phrase> make(const Alternative& terms);

  std::string canonical_;
};

}  // namespace bridge::track
