// Post: a text cut into words once and ready to be matched against any number of phrases.
//
//   const Post post("Rain over #NYC again");   post.contains("nyc");   phrase.matches(post);
//
// docs/track.md, sections 3 to 6, says what it is made of. One piece of memory, some 10 bytes for
// each byte of text: posts are kept by the ten thousand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace bridge::track {

// Immutable after construction; may be read by several threads. Keeps no part of the text given.
class Post {
 public:
  // Something a phrase is looked up by: a form, or a gram of R.
  struct Token {
    std::uint64_t hash = 0;  // hash_of it
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  // `text` must be valid UTF-8 (an assert otherwise).
  explicit Post(std::string_view text);

  // Does this bare word stand in it? Folded, as canonical phrases have it.
  bool contains(std::string_view folded_word) const;
  // The elements of a quote (parts, #tags, @names) stand side by side in this order.
  bool contains_run(std::span<const std::string_view> elements) const;

  // Each once, in no order.
  std::span<const Token> tokens() const { return tokens_; }
  std::string_view text(const Token& token) const {
    return letters_.substr(token.begin, token.size);
  }
  // Is there a token whose hash ends so? For a first look: it may be another one.
  bool may_contain(std::uint32_t hash_end) const;

 private:
  // One of the sequence: a part, and the hashtag or mention that begins here.
  struct Place {
    std::uint32_t part = 0;       // a token
    std::uint32_t tag = 0;        // likewise, with its # or @
    std::uint32_t tag_parts = 0;  // over how many places; 0: none begins here
    std::uint32_t run = 0;        // 1: a part of R
  };
  class Maker;
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::uint32_t find(std::string_view word) const;
  bool run_stands_at(std::size_t at, std::span<const std::string_view> elements) const;
  bool covers(const Place& place, std::string_view element, bool first, bool last) const;
  std::string_view part(const Place& place) const { return text(tokens_[place.part]); }

  std::unique_ptr<std::byte[]> memory_;  // what the views below are of
  std::string_view letters_;
  std::span<const Token> tokens_;
  std::span<const Place> places_;
  std::span<const std::uint32_t> table_;  // a power of two of tokens by the end of their hash
};

}  // namespace bridge::track
