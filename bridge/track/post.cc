#include "bridge/track/post.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "bridge/track/characters.h"
#include "bridge/track/pieces.h"
#include "bridge/track/urls.h"

namespace bridge::track {
namespace {

// One place of the sequence: a part, and the hashtag or mention that begins here.
struct Place {
  std::string_view part;
  std::string_view tag;       // with its # or @; empty: none begins here
  std::size_t tag_parts = 0;  // how many places it stands over
};

// How many places the element covers there; 0: it does not match.
std::size_t covered(const Place& place, std::string_view element) {
  const bool is_tag = element.starts_with('#') || element.starts_with('@');
  if (is_tag) return place.tag == element ? place.tag_parts : 0;
  return place.part == element ? 1 : 0;
}

}  // namespace

// Posts are kept by the ten thousand, so this is a few blocks of memory: the folded pieces, one
// behind the other, and views into them.
struct Post::Impl {
  std::string letters;
  std::vector<std::string_view> forms;   // distinct, in text order
  std::vector<std::string_view> sorted;  // the same
  std::vector<Place> places;

  void read(const std::vector<Word>& words);
  void add_form(std::string_view form);
  void add_piece(Piece::Kind kind, std::string_view piece);
  void drop_repeats();
  bool run_stands_at(std::size_t at, const std::vector<std::string>& elements) const;
};

void Post::Impl::read(const std::vector<Word>& words) {
  std::size_t size = 0;
  for (const Word& word : words)
    for (const Piece& piece : word.pieces) size += piece.text.size();
  letters.reserve(size);  // it must not move any more
  for (const Word& word : words) {
    for (const Piece& piece : word.pieces) {
      const std::size_t begin = letters.size();
      letters += piece.text;
      add_piece(piece.kind, std::string_view(letters).substr(begin));
    }
  }
  drop_repeats();
}

void Post::Impl::add_form(std::string_view form) {
  // Most words are their own trimmed form and their only part: no need to sort that out later.
  if (!form.empty() && (forms.empty() || forms.back() != form)) forms.push_back(form);
}

void Post::Impl::add_piece(Piece::Kind kind, std::string_view piece) {
  const bool is_tag = kind == Piece::Kind::kHashtag || kind == Piece::Kind::kMention;
  if (kind == Piece::Kind::kUrl) {
    add_form(canonical_url(piece));
  } else {
    add_form(piece);
    add_form(is_tag ? piece.substr(1) : trim_punctuation(piece));
  }
  const std::size_t first = places.size();
  for_each_part(piece, [&](std::string_view part) {
    places.push_back({part, {}, 0});
    add_form(part);
  });
  if (!is_tag || places.size() == first) return;
  places[first].tag = piece;
  places[first].tag_parts = places.size() - first;
}

void Post::Impl::drop_repeats() {
  std::vector<std::uint32_t> order(forms.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [this](std::uint32_t at) { return std::pair(forms[at], at); });
  std::vector<bool> repeated(forms.size());
  for (const std::uint32_t at : order) {
    repeated[at] = !sorted.empty() && sorted.back() == forms[at];
    if (!repeated[at]) sorted.push_back(forms[at]);
  }
  std::size_t kept = 0;
  for (std::size_t at = 0; at < forms.size(); ++at)
    if (!repeated[at]) forms[kept++] = forms[at];
  forms.resize(kept);
}

bool Post::Impl::run_stands_at(std::size_t at, const std::vector<std::string>& elements) const {
  for (const std::string& element : elements) {
    if (at >= places.size()) return false;
    const std::size_t step = covered(places[at], element);
    if (step == 0) return false;
    at += step;
  }
  return true;
}

Post::Post(std::string_view text) : impl_(std::make_unique<Impl>()) {
  impl_->read(cut(text));
}

Post::~Post() = default;
Post::Post(Post&&) noexcept = default;
Post& Post::operator=(Post&&) noexcept = default;

bool Post::contains(std::string_view folded_word) const {
  return std::ranges::binary_search(impl_->sorted, folded_word);
}

bool Post::contains_run(const std::vector<std::string>& elements) const {
  for (std::size_t at = 0; at < impl_->places.size(); ++at) {
    if (impl_->run_stands_at(at, elements)) return true;
  }
  return false;
}

const std::vector<std::string_view>& Post::words() const {
  return impl_->forms;
}

}  // namespace bridge::track
