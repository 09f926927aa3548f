#include "throttle/rule.h"

#include <algorithm>

namespace throttle {

Overrides::Overrides(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::ranges::stable_sort(entries_, {}, &Entry::first);
  // Of each run of one key, the last.
  const auto same = [](const Entry& a, const Entry& b) { return a.first == b.first; };
  const auto kept = std::unique(entries_.rbegin(), entries_.rend(), same);
  entries_.erase(entries_.begin(), kept.base());
}

const Policy* Overrides::search(KeyId key) const {
  const auto it = std::ranges::lower_bound(entries_, key, {}, &Entry::first);
  return it == entries_.end() || it->first != key ? nullptr : &it->second;
}

}  // namespace throttle
