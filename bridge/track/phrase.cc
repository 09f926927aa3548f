#include "bridge/track/phrase.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/track/characters.h"
#include "bridge/track/pieces.h"
#include "bridge/track/post.h"
#include "bridge/track/tags.h"
#include "bridge/track/terms.h"
#include "bridge/track/urls.h"

namespace bridge::track {
namespace {

tl::unexpected<base::Error> bad(std::string sentence) {
  return base::fail(base::ErrorCode::kBadRequest, std::move(sentence));
}

// A pasted address is compared as posts have it: without scheme, www. and the last /.
std::string_view bare_address(std::string_view word) {
  if (scheme_size(word) == 0) return word;
  const auto urls = find_urls(word);
  if (urls.empty() || urls.front().begin != 0) return word;
  if (has_word_character(word.substr(urls.front().end))) return word;
  return canonical_url(word.substr(0, urls.front().end));
}

// `#nyc!` can only mean the tag: what follows a tag never belongs to it.
std::string_view bare_tag(std::string_view word) {
  const auto tag = leading_tag(word);
  return tag && !has_word_character(word.substr(tag->end)) ? word.substr(0, tag->end) : word;
}

std::vector<std::string> elements_of(std::string_view quoted) {
  std::vector<std::string> elements;
  for (const Word& word : cut(quoted)) {
    for (const Piece& piece : word.pieces) {
      if (piece.kind == Piece::Kind::kHashtag || piece.kind == Piece::Kind::kMention) {
        elements.push_back(piece.text);
      } else {
        for_each_part(piece.text, [&](std::string_view part) { elements.emplace_back(part); });
      }
    }
  }
  return elements;
}

std::string quote(const std::vector<std::string>& elements) {
  return fmt::format("\"{}\"", fmt::join(elements, " "));
}

template <class T, class Less = std::less<>>
void sort_and_dedupe(std::vector<T>& items, Less less = {}) {
  std::sort(items.begin(), items.end(), less);
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

}  // namespace

base::Result<Phrase> Phrase::parse(std::string_view text) {
  auto phrases = parse_list(text);
  if (!phrases) return tl::unexpected(phrases.error());
  if (phrases->size() > 1) return bad("That is more than one phrase: commas separate them.");
  return std::move(phrases->front());
}

base::Result<std::vector<Phrase>> Phrase::parse_list(std::string_view text) {
  if (!is_utf8(text)) return bad("That phrase is not valid text (it must be UTF-8).");
  const auto alternatives = read_line(fold(text));
  if (!alternatives) return tl::unexpected(alternatives.error());
  if (alternatives->empty()) return bad("There is no word in that phrase.");
  std::vector<Phrase> phrases;
  for (const Alternative& terms : *alternatives) {
    auto phrase = make(terms);
    if (!phrase) return tl::unexpected(phrase.error());
    if (std::find(phrases.begin(), phrases.end(), *phrase) == phrases.end()) {
      phrases.push_back(std::move(*phrase));
    }
  }
  return phrases;
}

base::Result<Phrase> Phrase::make(const Alternative& terms) {
  Phrase phrase;
  for (const Term& term : terms) {
    if (const auto added = phrase.add(term); !added) return tl::unexpected(added.error());
  }
  phrase.finish();
  if (phrase.required_.empty()) {
    return bad("A phrase needs at least one word that is not excluded.");
  }
  if (phrase.canonical_.size() > kPhraseBytesMax) {
    return bad(fmt::format("A phrase can be up to {} bytes long, this one has {}.", kPhraseBytesMax,
                           phrase.canonical_.size()));
  }
  return phrase;
}

base::Result<void> Phrase::add(const Term& term) {
  if (!term.quoted) {
    add(term.excluded, {std::string(bare_tag(bare_address(term.text)))});
    return {};
  }
  auto elements = elements_of(term.text);
  if (elements.empty()) return bad("There is no word between the quotes of that phrase.");
  add(term.excluded, std::move(elements));
  return {};
}

void Phrase::add(bool excluded, Run elements) {
  if (elements.size() == 1) {
    (excluded ? excluded_words_ : words_).push_back(std::move(elements.front()));
  } else {
    (excluded ? excluded_runs_ : runs_).push_back(std::move(elements));
  }
}

void Phrase::finish() {
  const auto by_text = [](const Run& a, const Run& b) { return quote(a) < quote(b); };
  sort_and_dedupe(words_);
  sort_and_dedupe(runs_, by_text);
  sort_and_dedupe(excluded_words_);
  sort_and_dedupe(excluded_runs_, by_text);

  required_ = words_;
  std::vector<std::string> terms = words_;
  for (const Run& run : runs_) {
    required_.insert(required_.end(), run.begin(), run.end());
    terms.push_back(quote(run));
  }
  for (const std::string& word : excluded_words_) terms.push_back("-" + word);
  for (const Run& run : excluded_runs_) terms.push_back("-" + quote(run));
  sort_and_dedupe(required_);
  canonical_ = fmt::format("{}", fmt::join(terms, " "));
}

bool Phrase::matches(const Post& post) const {
  const auto is_form = [&](const std::string& word) { return post.contains(word); };
  const auto stands = [&](const Run& run) { return post.contains_run(run); };
  return std::all_of(required_.begin(), required_.end(), is_form) &&
         std::all_of(runs_.begin(), runs_.end(), stands) &&
         std::none_of(excluded_words_.begin(), excluded_words_.end(), is_form) &&
         std::none_of(excluded_runs_.begin(), excluded_runs_.end(), stands);
}

}  // namespace bridge::track
