#include "bridge/track/post.h"

#include <utility>

#include "bridge/track/characters.h"
#include "bridge/track/distinct.h"
#include "bridge/track/pieces.h"
#include "bridge/track/urls.h"

namespace bridge::track {
namespace {

// One place of the sequence: a part, and the hashtag or mention that begins here.
struct Place {
  std::string part;
  std::string tag;            // with its # or @; empty: none begins here
  std::size_t tag_parts = 0;  // how many places it stands over
};

void add_forms(const Piece& piece, std::vector<std::string>& forms) {
  switch (piece.kind) {
    case Piece::Kind::kUrl:
      forms.emplace_back(canonical_url(piece.text));
      break;
    case Piece::Kind::kHashtag:
    case Piece::Kind::kMention:
      forms.push_back(piece.text);
      forms.push_back(piece.text.substr(1));
      break;
    case Piece::Kind::kPlain:
      forms.push_back(piece.text);
      forms.emplace_back(trim_punctuation(piece.text));
      break;
  }
}

void add_places(const Piece& piece, std::vector<Place>& places) {
  const std::size_t first = places.size();
  for_each_part(piece.text, [&](std::string_view part) {
    places.push_back({std::string(part), {}, 0});
  });
  const bool is_tag = piece.kind == Piece::Kind::kHashtag || piece.kind == Piece::Kind::kMention;
  if (!is_tag || places.size() == first) return;
  places[first].tag = piece.text;
  places[first].tag_parts = places.size() - first;
}

// How many places the element covers there; 0: it does not match.
std::size_t covered(const Place& place, std::string_view element) {
  const bool is_tag = element.starts_with('#') || element.starts_with('@');
  if (is_tag) return place.tag == element ? place.tag_parts : 0;
  return place.part == element ? 1 : 0;
}

}  // namespace

struct Post::Impl {
  Distinct forms;
  std::vector<Place> places;

  bool run_stands_at(std::size_t at, const std::vector<std::string>& elements) const {
    for (const std::string& element : elements) {
      if (at >= places.size()) return false;
      const std::size_t step = covered(places[at], element);
      if (step == 0) return false;
      at += step;
    }
    return true;
  }
};

Post::Post(std::string_view text) {
  std::vector<std::string> forms;  // with repeats
  std::vector<Place> places;
  for (const Word& word : cut(text)) {
    for (const Piece& piece : word.pieces) {
      const std::size_t first = places.size();
      add_forms(piece, forms);
      add_places(piece, places);
      for (std::size_t i = first; i < places.size(); ++i) forms.push_back(places[i].part);
    }
  }
  impl_ = std::make_unique<Impl>(Impl{Distinct(forms.size()), std::move(places)});
  for (const std::string& form : forms) impl_->forms.add(form);
}

Post::~Post() = default;
Post::Post(Post&&) noexcept = default;
Post& Post::operator=(Post&&) noexcept = default;

bool Post::contains(std::string_view folded_word) const {
  return impl_->forms.contains(folded_word);
}

bool Post::contains_run(const std::vector<std::string>& elements) const {
  for (std::size_t at = 0; at < impl_->places.size(); ++at) {
    if (impl_->run_stands_at(at, elements)) return true;
  }
  return false;
}

const std::vector<std::string>& Post::words() const {
  return impl_->forms.list();
}

}  // namespace bridge::track
