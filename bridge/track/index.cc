#include "bridge/track/index.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bridge::track {
namespace {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <class T>
using ByString = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

struct Entry {
  Phrase phrase;
  std::string anchor;       // the required word it is filed under
  Subscribers subscribers;  // never empty once filed
};

}  // namespace

struct Index::Impl {
  ByString<std::unique_ptr<Entry>> entries;   // by canonical form
  ByString<std::vector<const Entry*>> filed;  // by anchor; no empty lists
  std::size_t subscriptions = 0;

  std::size_t filed_under(std::string_view word) const {
    const auto at = filed.find(word);
    return at == filed.end() ? 0 : at->second.size();
  }

  // Among equally rare words the longest: long words are rarer in posts.
  std::string rarest(const std::vector<std::string>& words) const {
    const auto rank = [this](const std::string& word) {
      return std::pair(filed_under(word), -static_cast<std::ptrdiff_t>(word.size()));
    };
    return *std::min_element(words.begin(), words.end(),
                             [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  }

  Entry& entry_for(const Phrase& phrase) {
    std::unique_ptr<Entry>& entry = entries[phrase.canonical()];
    if (!entry) {
      entry = std::make_unique<Entry>(Entry{phrase, rarest(phrase.required()), {}});
      filed[entry->anchor].push_back(entry.get());
    }
    return *entry;
  }

  void drop(const Entry& entry) {
    const auto list = filed.find(entry.anchor);
    std::erase(list->second, &entry);
    if (list->second.empty()) filed.erase(list);
    entries.erase(entries.find(entry.phrase.canonical()));
  }
};

Index::Index() : impl_(std::make_unique<Impl>()) {}
Index::~Index() = default;

void Index::add(const Phrase& phrase, SubscriptionNumber number, Listener listener) {
  impl_->entry_for(phrase).subscribers.add(number, listener);
  ++impl_->subscriptions;
}

bool Index::remove(const Phrase& phrase, SubscriptionNumber number) {
  const auto entry = impl_->entries.find(phrase.canonical());
  if (entry == impl_->entries.end()) return false;
  Subscribers& subscribers = entry->second->subscribers;
  if (!subscribers.remove(number)) return false;
  --impl_->subscriptions;
  if (subscribers.empty()) impl_->drop(*entry->second);
  return true;
}

void Index::match(const Post& post,
                  const std::function<void(const Phrase&, const Subscribers&)>& found) const {
  for (const std::string_view word : post.words()) {
    const auto list = impl_->filed.find(word);
    if (list == impl_->filed.end()) continue;
    for (const Entry* entry : list->second)
      if (entry->phrase.matches(post)) found(entry->phrase, entry->subscribers);
  }
}

const Subscribers* Index::find(std::string_view canonical) const {
  const auto entry = impl_->entries.find(canonical);
  return entry == impl_->entries.end() ? nullptr : &entry->second->subscribers;
}

std::size_t Index::phrases() const {
  return impl_->entries.size();
}
std::size_t Index::subscriptions() const {
  return impl_->subscriptions;
}

}  // namespace bridge::track
