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
  std::string anchor;               // the required word it is filed under
  std::vector<Listener> listeners;  // sorted, never empty once filed
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

bool Index::add(const Phrase& phrase, Listener listener) {
  auto& listeners = impl_->entry_for(phrase).listeners;
  const auto at = std::lower_bound(listeners.begin(), listeners.end(), listener);
  if (at != listeners.end() && *at == listener) return false;
  listeners.insert(at, listener);
  ++impl_->subscriptions;
  return true;
}

bool Index::remove(const Phrase& phrase, Listener listener) {
  const auto entry = impl_->entries.find(phrase.canonical());
  if (entry == impl_->entries.end()) return false;
  auto& listeners = entry->second->listeners;
  const auto at = std::lower_bound(listeners.begin(), listeners.end(), listener);
  if (at == listeners.end() || *at != listener) return false;
  listeners.erase(at);
  --impl_->subscriptions;
  if (listeners.empty()) impl_->drop(*entry->second);
  return true;
}

void Index::match(const Post& post,
                  const std::function<void(const Phrase&, Listener)>& found) const {
  for (const std::string_view word : post.words()) {
    const auto list = impl_->filed.find(word);
    if (list == impl_->filed.end()) continue;
    for (const Entry* entry : list->second) {
      if (!entry->phrase.matches(post)) continue;
      for (const Listener listener : entry->listeners) found(entry->phrase, listener);
    }
  }
}

std::size_t Index::phrases() const {
  return impl_->entries.size();
}
std::size_t Index::subscriptions() const {
  return impl_->subscriptions;
}

}  // namespace bridge::track
