#include "bridge/track/subscriber_lists.h"

#include <algorithm>

namespace bridge::track {

SubscriberLists::SubscriberLists(std::size_t phrases, std::span<const Subscription> all)
    : ends_(phrases + 1), subscribers_(all.size()) {
  for (const Subscription& each : all) ++ends_[each.phrase + 1];
  for (std::size_t i = 1; i <= phrases; ++i) ends_[i] += ends_[i - 1];
  // Each ends_[i] is where the next of phrase i goes, and so at last where its list ends.
  for (const Subscription& each : all) subscribers_[ends_[each.phrase]++] = {each.number, each.who};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < phrases; begin = ends_[i++]) {
    const std::span list(subscribers_.data() + begin, ends_[i] - begin);
    if (!std::ranges::is_sorted(list, {}, &Subscriber::number))
      std::ranges::sort(list, {}, &Subscriber::number);
  }
}

}  // namespace bridge::track
