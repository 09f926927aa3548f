// What the publish bench publishes: the n-th post, the same for whoever asks. A hundred authors in
// turn, texts of 20 to 260 bytes (140 on average), each under a client id of its own.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

struct Post {
  std::uint64_t author = 0;   // 0 to kAuthors - 1
  std::uint64_t ordinal = 0;  // this author's n-th, from 1
  std::string nick;
  std::string client_id;
  std::string text;
};

inline constexpr std::uint64_t kAuthors = 100;
inline constexpr std::string_view kProse =
    "the lapwing stands in the wet meadow and calls when a fox comes near while two young birds "
    "hide under the grass; later that morning rain moved in from the coast, the river rose by a "
    "hand and everybody on the ferry talked about trains, football, a broken bridge at the north "
    "end of town, what bread costs now, who would win on Sunday and whether this coffee was any "
    "good. Nobody mentioned work before the second stop, which was just as well, since half of "
    "them had missed the early boat and the rest were only here for the view of the harbour";

inline std::string nick_of(std::uint64_t author) {
  return fmt::format("author{}", author);
}

inline Post make_post(std::uint64_t number) {
  constexpr std::uint64_t kShortest = 20;
  constexpr std::uint64_t kSpread = 241;
  const std::uint64_t author = number % kAuthors;
  Post post{.author = author,
            .ordinal = number / kAuthors + 1,
            .nick = nick_of(author),
            .client_id = fmt::format("publish-bench-{:010}", number),
            .text = fmt::format("post {} says something ", number)};
  // The golden ratio's multiples spread evenly, in no visible order.
  const std::uint64_t spread = number * 0x9e3779b97f4a7c15u >> 32;
  const std::size_t bytes = kShortest + spread % kSpread;
  post.text += kProse.substr(spread / kSpread % (kProse.size() - kShortest - kSpread), bytes);
  post.text.resize(bytes);
  return post;
}

}  // namespace bench
