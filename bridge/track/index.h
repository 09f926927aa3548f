// Index: which subscriptions does this post match. token -> phrase -> listeners, so that the cost
// of a post depends on its words and on the distinct phrases under them, not on how many people
// track.
//
//   index.add(phrase, number, who);  index.match(post, [&](const Phrase& p, const Subscribers&)
//   {});
//
// A phrase of several words is filed under its rarest word (by how many phrases are filed under
// each so far); the rest is verified against the post. Any anchor is correct, only the cost
// differs. One thread. A plain hash index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "bridge/track/phrase.h"
#include "bridge/track/post.h"
#include "bridge/track/subscribers.h"

namespace bridge::track {

class Index {
 public:
  Index();
  ~Index();

  // Nobody subscribes to a phrase twice: that is the caller's to see to. Numbers ascend.
  void add(const Phrase& phrase, SubscriptionNumber number, Listener listener);
  // False when there was no such subscription.
  bool remove(const Phrase& phrase, SubscriptionNumber number);

  // Calls `found` once for every phrase that matches. `found` must not change the index.
  void match(const Post& post,
             const std::function<void(const Phrase&, const Subscribers&)>& found) const;
  // nullptr when nobody subscribes to it. Valid until the next change.
  const Subscribers* find(std::string_view canonical) const;

  std::size_t phrases() const;
  std::size_t subscriptions() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::track
