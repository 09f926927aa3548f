// Index: which phrases match this post, and who listens to them. word -> phrase -> listeners, so
// that the cost of a post depends on its words, not on how many people track.
// docs/decisions/index.md says how and why; ten million subscriptions take some 30 bytes each.
//
//   index.add(phrase, number, who);
//   index.match(post, [&](std::string_view canonical, const Listeners& who) {});
//
// A phrase of several words is filed under the one that is rarest as far as the index has seen;
// observe() tells it what posts look like, and it files anew what turns out to be filed badly. Any
// way of filing is correct, only the cost differs.
//
// One thread owns it. Any other may have a Reader meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "bridge/track/phrase.h"
#include "bridge/track/phrase_table.h"
#include "bridge/track/post.h"
#include "bridge/track/subscriber_lists.h"
#include "bridge/track/subscribers.h"

namespace bridge::track {

class Index {
 public:
  Index();
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Nobody subscribes to a phrase twice: that is the caller's to see to. Numbers ascend, from 1.
  void add(const Phrase& phrase, SubscriptionNumber number, Listener listener);
  // All of it at once, into an empty index that nobody reads yet: the same as adding each in the
  // order of numbers, in a tenth of the time and no more memory than it takes.
  void build(const PhraseTable& phrases, const SubscriberLists& listeners);
  // False when there was no such subscription.
  bool remove(const Phrase& phrase, SubscriptionNumber number);

  // Calls `found` once for every phrase that matches, in no particular order. `found` must not
  // change the index.
  void match(const Post& post,
             const std::function<void(std::string_view canonical, const Listeners&)>& found) const;
  // Nothing when nobody subscribes to it. Valid until the next change.
  std::optional<Listeners> find(std::string_view canonical) const;

  // A post that was matched: one in eight is learnt from, and a few of the phrases that it came
  // across are filed anew when that makes them cheaper. Microseconds at most.
  void observe(const Post& post);

  std::size_t phrases() const;
  std::size_t subscriptions() const;

  // For one other thread, while the owner goes on changing the index: finds every phrase that was
  // there all the time, none that was not there at any time, and each once. The owner never waits
  // for it; it waits for the owner only while a phrase is being filed anew, for microseconds. The
  // Index must outlive it; at most 64 of them (std::length_error).
  class Reader {
   public:
    explicit Reader(const Index& index);
    ~Reader();
    // `found` should be quick: until it returns, nothing that the owner removes is freed.
    void match(const Post& post, const std::function<void(std::string_view canonical)>& found);

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::track
