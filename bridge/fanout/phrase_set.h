// PhraseSet: phrases, each as often as it was added, and which of them a post is caught by. A post
// costs what its words cost, not what the set is large.
//
// One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/track/index.h"

namespace bridge::fanout {

class PhraseSet {
 public:
  void add(const track::Phrase& phrase) {
    Entry& entry = entries_[phrase.canonical()];
    if (entry.count++ > 0) return;
    entry.number = ++numbers_;
    index_.add(phrase, entry.number, 0);
  }
  // One that was added.
  void remove(const track::Phrase& phrase) {
    const auto it = entries_.find(phrase.canonical());
    if (it == entries_.end() || --it->second.count > 0) return;
    index_.remove(phrase, it->second.number);
    entries_.erase(it);
  }
  // Each once.
  void match(const track::Post& post,
             const std::function<void(std::string_view canonical)>& found) const {
    index_.match(post,
                 [&](std::string_view canonical, const track::Listeners&) { found(canonical); });
  }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::size_t count = 0;
    track::SubscriptionNumber number = 0;
  };
  std::unordered_map<std::string, Entry> entries_;  // by canonical phrase
  track::Index index_;
  track::SubscriptionNumber numbers_ = 0;
};

}  // namespace bridge::fanout
