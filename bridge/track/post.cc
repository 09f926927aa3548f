#include "bridge/track/post.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "bridge/track/characters.h"
#include "bridge/track/hash.h"
#include "bridge/track/pieces.h"
#include "bridge/track/urls.h"

namespace bridge::track {

// What a post is made with; kept by each thread from one to the next.
class Post::Maker {
 public:
  void read(std::string_view text) {
    cut(text, pieces_);
    forms_.clear();
    places_.clear();
    for (const Piece& piece : pieces_.all) {
      if (piece.plain_part)
        add_place(pieces_.text(piece), false);
      else
        add_piece(piece);
    }
    drop_repeats();
  }

  void move_to(Post& post) {
    const std::size_t tokens = tokens_.size() * sizeof(Token);
    const std::size_t places = places_.size() * sizeof(Place);
    const std::size_t table = table_.size() * sizeof(std::uint32_t);
    post.memory_ = std::make_unique_for_overwrite<std::byte[]>(tokens + places + table +
                                                               pieces_.letters.size());
    std::byte* at = post.memory_.get();
    post.tokens_ = put(std::span<const Token>(tokens_), at);
    post.places_ = put(std::span<const Place>(places_), at);
    post.table_ = put(std::span<const std::uint32_t>(table_), at);
    const auto letters = put(std::span<const char>(pieces_.letters), at);
    post.letters_ = {letters.data(), letters.size()};
  }

 private:
  // Copies them to `at`, which goes on behind them.
  template <class T>
  static std::span<const T> put(std::span<const T> items, std::byte*& at) {
    T* to = reinterpret_cast<T*>(at);
    std::uninitialized_copy(items.begin(), items.end(), to);
    at += items.size_bytes();
    return {to, items.size()};
  }

  std::uint32_t add_form(std::string_view form) {
    const auto begin = static_cast<std::uint32_t>(form.data() - pieces_.letters.data());
    forms_.push_back({hash_of(form), begin, static_cast<std::uint32_t>(form.size())});
    return static_cast<std::uint32_t>(forms_.size() - 1);
  }

  void add_place(std::string_view part, bool run) {
    places_.push_back({.part = add_form(part), .run = run});
  }

  void add_part(std::string_view part, bool run) {
    add_place(part, run);
    if (!run) return;
    for_each_gram(part, [&](std::string_view gram) { add_form(gram); });
    // Marks without anything they stand on are no part of R.
    for_each_cluster(part, [&](std::string_view cluster) {
      if (!is_mark(character_at(cluster, 0).code)) add_form(cluster);
    });
  }

  void add_piece(const Piece& piece) {
    const std::string_view text = pieces_.text(piece);
    const std::size_t first = places_.size();
    for_each_part(text, [&](std::string_view part, bool run) { add_part(part, run); });
    const bool is_part = places_.size() == first + 1 && !pieces_.letters.empty() &&
                         forms_[places_.back().part].size == text.size();
    if (is_part) return;
    if (piece.kind == Piece::Kind::kUrl) {
      if (const auto canonical = canonical_url(text); !canonical.empty()) add_form(canonical);
      return;
    }
    const std::uint32_t whole = add_form(text);
    const std::string_view trimmed = piece.is_tag() ? text.substr(1) : trim_punctuation(text);
    if (!trimmed.empty()) add_form(trimmed);
    if (!piece.is_tag() || places_.size() == first) return;
    places_[first].tag = whole;
    places_[first].tag_parts = static_cast<std::uint32_t>(places_.size() - first);
  }

  void drop_repeats() {
    tokens_.clear();
    table_.assign(std::bit_ceil(2 * forms_.size() + 1), kNone);
    now_.resize(forms_.size());
    for (std::size_t i = 0; i < forms_.size(); ++i) now_[i] = insert(forms_[i]);
    for (Place& place : places_) {
      place.part = now_[place.part];
      place.tag = place.tag_parts == 0 ? 0 : now_[place.tag];
    }
  }

  std::uint32_t insert(const Token& form) {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = form.hash & mask;
    for (; table_[at] != kNone; at = (at + 1) & mask) {
      const Token& known = tokens_[table_[at]];
      if (known.hash == form.hash && text(known) == text(form)) return table_[at];
    }
    table_[at] = static_cast<std::uint32_t>(tokens_.size());
    tokens_.push_back(form);
    return table_[at];
  }

  std::string_view text(const Token& token) const {
    return std::string_view(pieces_.letters).substr(token.begin, token.size);
  }

  Pieces pieces_;
  std::vector<Token> forms_;  // with repeats
  std::vector<Token> tokens_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> table_;
  std::vector<std::uint32_t> now_;  // which token each form has become
};

Post::Post(std::string_view text) {
  thread_local Maker maker;
  maker.read(text);
  maker.move_to(*this);
}

std::uint32_t Post::find(std::string_view word) const {
  const std::uint64_t hash = hash_of(word);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash & mask; table_[at] != kNone; at = (at + 1) & mask) {
    const Token& token = tokens_[table_[at]];
    if (token.hash == hash && text(token) == word) return table_[at];
  }
  return kNone;
}

bool Post::may_contain(std::uint32_t hash_end) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash_end & mask; table_[at] != kNone; at = (at + 1) & mask)
    if (static_cast<std::uint32_t>(tokens_[table_[at]].hash) == hash_end) return true;
  return false;
}

bool Post::contains(std::string_view folded_word) const {
  if (find(folded_word) != kNone) return true;
  if (!is_run_part(folded_word)) return false;
  return std::ranges::any_of(places_, [&](const Place& place) {
    return place.run && find_clusters(part(place), folded_word) != std::string_view::npos;
  });
}

// Elements of R may begin and end in the middle of a part, since nothing else shows where a word
// does.
bool Post::covers(const Place& place, std::string_view element, bool first, bool last) const {
  const std::string_view whole = part(place);
  if (whole == element) return true;
  if (!place.run || whole.size() < element.size() || !is_run_part(element)) return false;
  if (first) {
    const std::size_t from = whole.size() - element.size();
    return whole.ends_with(element) && find_clusters(whole, element, from) == from;
  }
  return last && find_clusters(whole, element) == 0;
}

bool Post::run_stands_at(std::size_t at, std::span<const std::string_view> elements) const {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (at >= places_.size()) return false;
    const Place& place = places_[at];
    const std::string_view element = elements[i];
    if (element.starts_with('#') || element.starts_with('@')) {
      if (place.tag_parts == 0 || text(tokens_[place.tag]) != element) return false;
      at += place.tag_parts;
    } else {
      if (!covers(place, element, i == 0, i + 1 == elements.size())) return false;
      ++at;
    }
  }
  return true;
}

bool Post::contains_run(std::span<const std::string_view> elements) const {
  for (std::size_t at = 0; at < places_.size(); ++at)
    if (run_stands_at(at, elements)) return true;
  return false;
}

}  // namespace bridge::track
