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
#include <vector>

#include "bridge/base/result.h"
#include "bridge/track/reader.h"

namespace bridge::track {

class Post;

inline constexpr std::size_t kPhraseBytesMax = 60;  // of the canonical form

// Two phrases are the same when their canonical texts are.
class Phrase {
 public:
  // One alternative (no comma outside quotes). kBadRequest with a sentence for a person when it is
  // empty, longer than 60 bytes, not UTF-8, has only exclusions, or has an unclosed quote.
  static base::Result<Phrase> parse(std::string_view text);

  // A whole command line: alternatives separated by commas, duplicates removed. Nothing is returned
  // if one of them is bad, or if there is none.
  static base::Result<std::vector<Phrase>> parse_list(std::string_view text);

  // Folded, single-spaced, terms in canonical order: what is stored, listed and compared. Parsing
  // it again gives the same phrase.
  const std::string& canonical() const { return canonical_; }

  // Forms of which every matching post has each (folded). Never empty: the index files the
  // phrase under one of them.
  const std::vector<std::string>& required() const { return required_; }

  // Does it match this prepared post? Constant time per bare word, linear in the post per quote.
  bool matches(const Post& post) const;

  bool operator==(const Phrase& other) const { return canonical_ == other.canonical_; }

 private:
  using Run = std::vector<std::string>;  // the elements of a quote, at least two

  Phrase() = default;
  static base::Result<Phrase> make(const Alternative& terms);
  base::Result<void> add(const Term& term);
  void add(bool excluded, Run elements);
  void finish();

  std::string canonical_;
  std::vector<std::string> required_;
  std::vector<std::string> words_;  // bare, each list sorted and without repeats
  std::vector<Run> runs_;
  std::vector<std::string> excluded_words_;
  std::vector<Run> excluded_runs_;
};

}  // namespace bridge::track
