// Matcher: a way of finding which phrases a post is caught by. The engine, and what it is compared
// with, behind one face.
//
//   auto matcher = make_engine();   matcher->add("food nyc", 1);   matcher->match(text, found);
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace bench {

class Matcher {
 public:
  using Found = std::function<void(std::string_view phrase)>;

  virtual ~Matcher() = default;
  // Subscription numbers ascend; so do the listeners, one for each subscription. Before ready() the
  // text has to stay where it is.
  virtual void add(std::string_view phrase, std::uint64_t number) = 0;
  virtual void remove(std::string_view phrase, std::uint64_t number) = 0;
  // Everything that will be there before the first post has been added.
  virtual void ready() {}
  // Each matching phrase once.
  virtual void match(std::string_view text, const Found& found) = 0;
};

// bridge/track.
std::unique_ptr<Matcher> make_engine();
// What one would write in an afternoon: std::unordered_map from word to the phrases filed under it,
// a phrase of several words under the one with the shortest list.
std::unique_ptr<Matcher> make_hash_map();
// Looks for every phrase in the text: what a search subscription of GNU social does. Finds another
// set: parts of words, and several words only side by side.
std::unique_ptr<Matcher> make_substring();
// Vectorscan on the phrases as literals: another set, likewise, and nothing can be added later.
// nullptr where it is not installed.
std::unique_ptr<Matcher> make_vectorscan();

}  // namespace bench
