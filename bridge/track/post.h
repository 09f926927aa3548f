// Post: a text tokenized once and ready to be matched against any number of phrases.
//
//   const Post post("Rain over #NYC again");   post.contains("nyc");   phrase.matches(post);
//
// docs/track.md, sections 3 to 6, says what it is made of.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

// Immutable after construction; may be read by several threads. Holds a copy of the text.
class Post {
 public:
  // `text` must be valid UTF-8 (an assert otherwise).
  explicit Post(std::string_view text);
  ~Post();
  Post(Post&&) noexcept;
  Post& operator=(Post&&) noexcept;

  // Is it one of the post's forms?
  bool contains(std::string_view folded_word) const;
  // The elements of a quote (parts, #tags, @names) stand side by side in this order.
  bool contains_run(const std::vector<std::string>& elements) const;
  // Every distinct form, in text order: every word a phrase could be filed under.
  // Views of this object.
  const std::vector<std::string_view>& words() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::track
