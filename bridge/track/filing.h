// Filing: where a phrase is filed: the words its posts must have, and which of them are the rarest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

#include "bridge/track/canonical.h"
#include "bridge/track/entries.h"
#include "bridge/track/hash.h"
#include "bridge/track/rarity.h"

namespace bridge::track {

struct Required {
  std::string_view word;  // of the canonical text
  std::uint64_t hash = 0;
};

// What is to be known of a phrase to file it. Views its text.
class Filing {
 public:
  explicit Filing(std::string_view canonical) : canonical_(canonical) {
    for_each_required(canonical, [this](std::string_view word) { add({word, hash_of(word)}); });
    for_each_term(canonical, [this](const TermView& term) {
      plain_ = plain_ && !term.quoted && !term.excluded;
      return true;
    });
  }

  std::string_view canonical() const { return canonical_; }
  // Each once.
  std::span<const Required> required() const { return {required_.data(), size_}; }
  // One word that has to be there, and nothing else.
  bool is_word() const { return size_ == 1 && required_[0].word == canonical_; }
  // With a quote or an exclusion: many phrases may have the same words, so each is to be found by
  // its whole text, too.
  bool is_by_text() const { return !is_word() && !plain_; }

  // The rarest first, and then the other one that its posts must have (its hash's half, or 0).
  struct Choice {
    Required anchor;
    std::uint32_t second = 0;
  };
  Choice choose(const Rarity& rarity) const {
    const Required* anchor = rarest(rarity, {});
    return {*anchor, second(rarity, anchor->word)};
  }
  std::uint32_t second(const Rarity& rarity, std::string_view anchor) const {
    const Required* other = rarest(rarity, anchor);
    return other ? static_cast<std::uint32_t>(other->hash) : 0;
  }
  Anchor anchor_at(const Required& word) const {
    return {static_cast<std::uint8_t>(word.word.data() - canonical_.data()),
            static_cast<std::uint8_t>(word.word.size())};
  }

 private:
  void add(const Required& one) {
    for (const Required& known : required())
      if (known.hash == one.hash && known.word == one.word) return;
    if (size_ == required_.size()) throw std::logic_error("no phrase has so many words");
    required_[size_++] = one;
  }

  // Among equally rare ones the longest; nullptr when there is no other than `but`.
  const Required* rarest(const Rarity& rarity, std::string_view but) const {
    const Required* best = nullptr;
    double best_of = 0;
    for (const Required& each : required()) {
      if (each.word == but) continue;
      const double of = rarity.of(each.hash);
      const bool better =
          !best || of < best_of || (of == best_of && each.word.size() > best->word.size());
      if (better) best = &each, best_of = of;
    }
    return best;
  }

  std::string_view canonical_;
  std::array<Required, kElementsMax> required_;
  std::size_t size_ = 0;
  bool plain_ = true;
};

}  // namespace bridge::track
