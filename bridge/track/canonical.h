// Reading a canonical phrase without making anything: docs/track.md, section 7, "Canonical form".
// For those who have to do it for every candidate of every post.
//
//   for_each_term(canonical, [&](const TermView& term) {});
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "bridge/track/characters.h"

namespace bridge::track {

inline constexpr std::size_t kPhraseBytesMax = 60;  // of the canonical form
// Each has a byte, and a space to the next.
inline constexpr std::size_t kElementsMax = (kPhraseBytesMax + 1) / 2;

struct TermView {
  bool excluded = false;
  bool quoted = false;
  std::string_view text;  // a bare word; or elements with one space between them
};

// `found` is given each term in turn; false from it ends the walk.
template <class Found>
void for_each_term(std::string_view canonical, Found found) {
  while (!canonical.empty()) {
    TermView term;
    if (canonical.size() > 1 && canonical[0] == '-' && canonical[1] != ' ') {
      term.excluded = true;
      canonical.remove_prefix(1);
    }
    term.quoted = canonical[0] == '"';
    if (term.quoted) canonical.remove_prefix(1);
    const std::size_t end = canonical.find(term.quoted ? '"' : ' ');
    term.text = canonical.substr(0, end);
    canonical.remove_prefix(term.text.size());
    if (canonical.starts_with('"')) canonical.remove_prefix(1);
    if (canonical.starts_with(' ')) canonical.remove_prefix(1);
    if (!found(term)) return;
  }
}

// The elements of a quote.
class Elements {
 public:
  explicit Elements(std::string_view quoted) {
    while (!quoted.empty() && size_ < all_.size()) {
      const std::string_view element = quoted.substr(0, quoted.find(' '));
      all_[size_++] = element;
      quoted.remove_prefix(element.size());
      if (!quoted.empty()) quoted.remove_prefix(1);
    }
  }
  std::span<const std::string_view> view() const { return {all_.data(), size_}; }

 private:
  std::array<std::string_view, kElementsMax> all_;
  std::size_t size_ = 0;
};

// Calls `found(word)` with every word, repeats included, that each matching post is looked up by:
// its bare words and elements, and of those of R their grams. At least one.
template <class Found>
void for_each_required(std::string_view canonical, Found found) {
  const auto one = [&](std::string_view word) {
    if (is_run_part(word))
      for_each_gram(word, found);
    else
      found(word);
  };
  for_each_term(canonical, [&](const TermView& term) {
    if (term.excluded) return true;
    if (!term.quoted) {
      one(term.text);
    } else {
      const Elements elements(term.text);
      for (const std::string_view element : elements.view()) one(element);
    }
    return true;
  });
}

}  // namespace bridge::track
