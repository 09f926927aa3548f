// What the bench of matching works on: posts, and what people track. The same for whoever asks with
// the same numbers.
//
//   const Input input = make_input({.subscriptions = 100'000}, read_lines(path));
//   input.phrase(17);  input.posts();
//
// Of the phrases 70 % are one word, 25 % two, 5 % three or four. Half of the words are drawn from
// the posts, each as often as it stands there; half are made up and rare: nobody ever writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct InputOptions {
  std::size_t subscriptions = 0;
  bool all_distinct = false;  // no phrase twice: nobody shares anything
};

class Input {
 public:
  std::size_t subscriptions() const { return ends_.size() - 1; }
  // Canonical, as bridge/track writes it.
  std::string_view phrase(std::size_t number) const {
    return std::string_view(letters_).substr(ends_[number], ends_[number + 1] - ends_[number]);
  }
  const std::vector<std::string>& posts() const { return posts_; }

 private:
  friend Input make_input(const InputOptions& options, std::vector<std::string> posts);

  std::vector<std::string> posts_;
  std::string letters_;
  std::vector<std::uint32_t> ends_{0};
};

Input make_input(const InputOptions& options, std::vector<std::string> posts);

// Throws when it cannot be read.
std::vector<std::string> read_lines(const std::string& path);
// Posts of made-up words, some much more frequent than others, with tags and names among them.
std::vector<std::string> make_posts(std::size_t count);

}  // namespace bench
