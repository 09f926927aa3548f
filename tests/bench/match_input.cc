#include "tests/bench/match_input.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <unordered_set>

namespace bench {
namespace {

// SplitMix64: every number of a run follows from the seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t roll() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) { return roll() % bound; }

 private:
  std::uint64_t state_;
};

// 6 to 12 letters that can be spoken and mean nothing.
std::string made_up(std::uint64_t number) {
  constexpr std::string_view kConsonants = "bcdfghjklmnprstvwxyz";
  constexpr std::string_view kVowels = "aeiou";
  std::uint64_t bits = Dice(number).roll();
  std::string word;
  for (auto syllables = 3 + (bits >> 62); syllables > 0; --syllables) {
    word += kConsonants[bits % kConsonants.size()];
    bits /= kConsonants.size();
    word += kVowels[bits % kVowels.size()];
    bits /= kVowels.size();
  }
  return word;
}

// Every word of the posts at every place where it stands.
std::vector<std::string> words_of(const std::vector<std::string>& posts) {
  std::vector<std::string> all;
  std::string word;
  const auto finish = [&] {
    if (word.size() >= 2 && word.size() <= 14) all.push_back(word);
    word.clear();
  };
  for (const std::string& post : posts) {
    for (const char c : post) {
      const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      if (low >= 'a' && low <= 'z')
        word += low;
      else
        finish();
    }
    finish();
  }
  return all;
}

class Phrases {
 public:
  Phrases(const InputOptions& options, const std::vector<std::string>& words)
      : options_(options), words_(words) {}

  std::string next() {
    for (int attempt = 0;; ++attempt) {
      std::string phrase = draw(attempt > 3);
      if (!options_.all_distinct) return phrase;
      if (taken_.insert(std::hash<std::string>{}(phrase)).second) return phrase;
    }
  }

 private:
  // Of rare words alone when everything else has been taken.
  std::string draw(bool rare) {
    const std::size_t kind = dice_.below(100);
    const std::size_t count = kind < 70 ? 1 : kind < 95 ? 2 : kind < 99 ? 3 : 4;
    std::vector<std::string> chosen;
    while (chosen.size() < count) {
      std::string word = rare || dice_.below(2) == 0 ? made_up(dice_.below(rare_words()))
                                                     : words_[dice_.below(words_.size())];
      if (std::ranges::find(chosen, word) == chosen.end()) chosen.push_back(std::move(word));
    }
    std::ranges::sort(chosen);
    std::string phrase;
    for (const std::string& word : chosen) phrase += (phrase.empty() ? "" : " ") + word;
    return phrase;
  }

  // So many that few of them are ever shared.
  std::size_t rare_words() const {
    return std::max<std::size_t>(1000, options_.subscriptions * (options_.all_distinct ? 4 : 1));
  }

  const InputOptions options_;
  const std::vector<std::string>& words_;
  Dice dice_{7};
  std::unordered_set<std::size_t> taken_;  // hashes: one in 10^12 phrases is redrawn for nothing
};

}  // namespace

Input make_input(const InputOptions& options, std::vector<std::string> posts) {
  Input input;
  input.posts_ = std::move(posts);
  const std::vector<std::string> words = words_of(input.posts_);
  if (words.empty()) throw std::runtime_error("there are no words in these posts");
  Phrases phrases(options, words);
  input.ends_.reserve(options.subscriptions + 1);
  for (std::size_t n = 0; n < options.subscriptions; ++n) {
    input.letters_ += phrases.next();
    input.ends_.push_back(static_cast<std::uint32_t>(input.letters_.size()));
  }
  return input;
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> make_posts(std::size_t count) {
  constexpr std::size_t kWords = 40'000;
  Dice dice(3);
  std::vector<std::string> posts(count);
  for (std::string& post : posts) {
    for (auto words = 4 + dice.below(17); words > 0; --words) {
      // A product of two uniform numbers favours the small ones as text favours its common words.
      const std::size_t rank = dice.below(1 + dice.below(1 + dice.below(kWords)));
      const std::size_t form = dice.below(24);
      post += form == 0 ? "#" : form == 1 ? "@" : "";
      post += made_up(1'000'000'000'000 + rank);
      post += form == 2 ? ", " : form == 3 ? "! \u2764\uFE0F " : form == 4 ? "\u2026 " : " ";
    }
  }
  return posts;
}

}  // namespace bench
