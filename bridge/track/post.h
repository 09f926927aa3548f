// Post: a text tokenized once and ready to be matched against any number of phrases.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

// Immutable after construction; may be read by several threads. Holds copies, not views.
class Post {
 public:
  // `text` must be valid UTF-8 (an assert otherwise).
  explicit Post(std::string_view text);
  ~Post();
  Post(Post&&) noexcept;
  Post& operator=(Post&&) noexcept;

  bool contains(std::string_view folded_word) const;
  // The words stand side by side in this order.
  bool contains_run(const std::vector<std::string>& folded_words) const;
  // Every distinct word a phrase could be filed under, in text order.
  const std::vector<std::string>& words() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::track
