#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bridge/track/post.h"
#include "tests/bench/matcher.h"

namespace bench {
namespace {

struct Entry {
  std::string phrase;
  std::vector<std::string> words;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> listeners;
};

std::vector<std::string> split(std::string_view phrase) {
  std::vector<std::string> words;
  while (!phrase.empty()) {
    const std::size_t end = std::min(phrase.find(' '), phrase.size());
    words.emplace_back(phrase.substr(0, end));
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
  }
  return words;
}

class HashMap final : public Matcher {
 public:
  void add(std::string_view phrase, std::uint64_t number) override {
    auto& entry = entries_[std::string(phrase)];
    if (!entry) {
      entry = std::make_unique<Entry>(Entry{std::string(phrase), split(phrase), {}});
      filed_[*std::ranges::min_element(entry->words, {}, [this](const std::string& word) {
        const auto at = filed_.find(word);
        return at == filed_.end() ? 0 : at->second.size();
      })].push_back(entry.get());
    }
    entry->listeners.emplace_back(number, static_cast<std::uint32_t>(number));
  }

  void remove(std::string_view phrase, std::uint64_t number) override {
    const auto it = entries_.find(std::string(phrase));
    Entry& entry = *it->second;
    std::erase_if(entry.listeners, [&](const auto& each) { return each.first == number; });
    if (!entry.listeners.empty()) return;
    for (const std::string& word : entry.words)
      if (const auto at = filed_.find(word); at != filed_.end() && std::erase(at->second, &entry))
        if (at->second.empty()) filed_.erase(at);
    entries_.erase(it);
  }

  void match(std::string_view text, const Found& found) override {
    const bridge::track::Post post(text);
    for (const auto& token : post.tokens()) {
      const auto at = filed_.find(std::string(post.text(token)));
      if (at == filed_.end()) continue;
      for (const Entry* entry : at->second) {
        const auto stands = [&](const std::string& each) { return post.contains(each); };
        if (std::ranges::all_of(entry->words, stands)) found(entry->phrase);
      }
    }
  }

 private:
  std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;
  std::unordered_map<std::string, std::vector<const Entry*>> filed_;
};

}  // namespace

std::unique_ptr<Matcher> make_hash_map() {
  return std::make_unique<HashMap>();
}

}  // namespace bench
