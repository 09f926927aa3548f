// SubscriberLists: many subscriptions by the phrase they are to, and those to each by number. For
// those who build something of millions of them at once.
//
//   SubscriberLists lists(table.size(), subscriptions);   lists[phrase].front().number
//
// The numbers of phrases are those of a PhraseTable. Immutable, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bridge/track/subscribers.h"

namespace bridge::track {

// Somebody subscribes to the phrase of that number in a PhraseTable.
struct Subscription {
  SubscriptionNumber number = 0;
  Listener who = 0;
  std::uint32_t phrase = 0;
};

class SubscriberLists {
 public:
  SubscriberLists() = default;
  // In any order.
  SubscriberLists(std::size_t phrases, std::span<const Subscription> all);

  // Of all lists together.
  std::size_t subscribers() const { return subscribers_.size(); }
  // Ascending.
  std::span<const Subscriber> operator[](std::size_t phrase) const {
    const std::size_t begin = phrase == 0 ? 0 : ends_[phrase - 1];
    return {subscribers_.data() + begin, ends_[phrase] - begin};
  }

 private:
  std::vector<std::uint32_t> ends_;
  std::vector<Subscriber> subscribers_;
};

}  // namespace bridge::track
