#include "throttle/top_talkers.h"

#include <algorithm>
#include <utility>

#include "throttle/require.h"

namespace throttle {

TopTalkers::TopTalkers(std::size_t capacity, const HashSeed& seed)
    : capacity_(capacity), places_(0, KeyHash{seed}) {
  require(capacity >= 1, "somebody has to be kept");
}

void TopTalkers::add(std::string_view key, std::uint64_t count) {
  key = key.substr(0, kKeyBytesMax);
  total_ += count;
  if (const auto found = places_.find(key); found != places_.end()) {
    heap_[found->second].count += count;
    return sift_down(found->second);
  }
  if (heap_.size() < capacity_) {
    heap_.push_back({std::string(key), count, 0});
    places_.emplace(std::string(key), heap_.size() - 1);
    return sift_up(heap_.size() - 1);
  }
  Talker& rarest = heap_.front();
  places_.erase(places_.find(rarest.key));
  rarest = {std::string(key), rarest.count + count, rarest.count};
  places_.emplace(std::string(key), 0);
  sift_down(0);
}

std::vector<TopTalkers::Talker> TopTalkers::top(std::size_t max) const {
  std::vector<Talker> all = heap_;
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(max, all.size()));
  std::partial_sort(all.begin(), end, all.end(), [](const Talker& a, const Talker& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
  all.erase(end, all.end());
  return all;
}

// The order of the heap stays: halving is monotone.
void TopTalkers::halve() {
  std::vector<Talker> kept;
  total_ = 0;
  for (Talker& talker : heap_) {
    talker.count /= 2;
    talker.error /= 2;
    if (talker.count > 0) {
      total_ += talker.count;
      kept.push_back(std::move(talker));
    }
  }
  heap_.clear();
  places_.clear();
  for (Talker& talker : kept) {
    heap_.push_back(std::move(talker));
    places_.emplace(heap_.back().key, heap_.size() - 1);
    sift_up(heap_.size() - 1);
  }
}

void TopTalkers::exchange(std::size_t a, std::size_t b) {
  std::swap(heap_[a], heap_[b]);
  places_.find(heap_[a].key)->second = a;
  places_.find(heap_[b].key)->second = b;
}

void TopTalkers::sift_up(std::size_t at) {
  for (; at > 0; at = (at - 1) / 2) {
    const std::size_t parent = (at - 1) / 2;
    if (heap_[parent].count <= heap_[at].count) return;
    exchange(parent, at);
  }
}

void TopTalkers::sift_down(std::size_t at) {
  for (;;) {
    std::size_t least = at;
    for (std::size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap_.size(); ++child)
      if (heap_[child].count < heap_[least].count) least = child;
    if (least == at) return;
    exchange(least, at);
    at = least;
  }
}

}  // namespace throttle
