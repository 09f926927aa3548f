// Index: which subscriptions does this post match. token -> phrase -> listeners, so that the cost
// of a post depends on its words and on the distinct phrases under them, not on how many people
// track.
//
//   index.add(phrase, account);   index.match(post, [&](const Phrase& p, Listener who) { ... });
//
// A phrase of several words is filed under its rarest word (by how many phrases are filed under
// each so far); the rest is verified against the post. Any anchor is correct, only the cost
// differs. One thread. A plain hash index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "bridge/track/phrase.h"
#include "bridge/track/post.h"

namespace bridge::track {

using Listener = std::uint64_t;  // an account id; opaque here

class Index {
 public:
  Index();
  ~Index();

  // False when this listener had this phrase already.
  bool add(const Phrase& phrase, Listener listener);
  // False when there was no such subscription.
  bool remove(const Phrase& phrase, Listener listener);

  // Calls `found` for every (phrase, listener) that matches; a listener comes once per phrase,
  // those of one phrase in a row and by rising number. `found` must not change the index.
  void match(const Post& post, const std::function<void(const Phrase&, Listener)>& found) const;

  std::size_t phrases() const;
  std::size_t subscriptions() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::track
