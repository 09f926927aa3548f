// track_pairs: what the index and each phrase by itself say of posts, for pairs.py to compare.
//
//   p PHRASE LINE     another line of phrases; answered with "+" and their canonical forms,
//   separated
//                     by commas and tabs, or with "-"
//   t POST            answered with the canonical forms that match, sorted, separated by tabs
//   .                 forget all phrases; no answer
//
// Ends with 1 when the index and Phrase::matches disagree.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "bridge/track/index.h"

namespace {

using bridge::track::Index;
using bridge::track::Listeners;
using bridge::track::Phrase;
using bridge::track::Post;

struct World {
  std::unique_ptr<Index> index = std::make_unique<Index>();
  std::map<std::string, Phrase> phrases;
  std::uint64_t number = 0;

  void add(std::string_view line) {
    const auto parsed = Phrase::parse_list(line);
    if (!parsed) return std::puts("-"), void();
    std::string answer = "+";
    for (const Phrase& phrase : *parsed) {
      answer += (answer.size() > 1 ? "\t" : "") + phrase.canonical();
      if (!phrases.try_emplace(phrase.canonical(), phrase).second) continue;
      ++number;
      index->add(phrase, number, static_cast<std::uint32_t>(number));
    }
    std::puts(answer.c_str());
  }

  bool match(std::string_view text) {
    const Post post(text);
    std::set<std::string> found, expected;
    bool once = true;
    index->match(post, [&](std::string_view phrase, const Listeners&) {
      once &= found.emplace(phrase).second;
    });
    index->observe(post);
    for (const auto& [canonical, phrase] : phrases)
      if (phrase.matches(post)) expected.insert(canonical);
    std::string answer;
    for (const std::string& each : expected) answer += (answer.empty() ? "" : "\t") + each;
    std::puts(answer.c_str());
    return once && found == expected;
  }
};

}  // namespace

int main() {
  World world;
  for (std::string line; std::getline(std::cin, line);) {
    const std::string_view rest =
        std::string_view(line).substr(std::min<std::size_t>(2, line.size()));
    if (line.starts_with("p ")) {
      world.add(rest);
    } else if (line.starts_with("t ")) {
      if (!world.match(rest)) {
        std::fprintf(stderr, "the index disagrees with its phrases on: %s\n", line.c_str());
        return 1;
      }
    } else {
      world = World();
    }
  }
  return 0;
}
