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

using Run = std::vector<std::string>;  // the elements of a quote

Run elements_of(std::string_view quoted) {
  Run elements;
  const Pieces pieces = cut(quoted);
  for (const Piece& piece : pieces.all) {
    const std::string_view text = pieces.text(piece);
    if (piece.is_tag())
      elements.emplace_back(text);
    else
      for_each_part(text, [&](std::string_view part, bool) { elements.emplace_back(part); });
  }
  return elements;
}

// The parts of a word that is made of nothing else, such as one of two scripts; else the word.
Run parts_of(std::string_view word) {
  Run parts;
  std::size_t size = 0;
  for_each_part(word, [&](std::string_view part, bool) {
    parts.emplace_back(part);
    size += part.size();
  });
  return size == word.size() ? parts : Run{std::string(word)};
}

// Lower-case ASCII words in order, a space between them: the canonical form of itself, as most of
// the phrases are of which a log is full.
bool is_plainly_canonical(std::string_view text) {
  if (text.size() > kPhraseBytesMax) return false;
  std::string_view last;
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = begin;
    while (end < text.size() &&
           ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= '0' && text[end] <= '9')))
      ++end;
    const std::string_view word = text.substr(begin, end - begin);
    if (word <= last || (end < text.size() && text[end] != ' ')) return false;
    last = word;
    begin = end + 1;
  }
  return true;
}

// The terms of a phrase on their way to its canonical form.
struct Terms {
  std::vector<std::string> words, quotes, excluded_words, excluded_quotes;

  void add(bool excluded, const Run& elements) {
    if (elements.size() == 1)
      (excluded ? excluded_words : words).push_back(elements.front());
    else
      (excluded ? excluded_quotes : quotes)
          .push_back(fmt::format("\"{}\"", fmt::join(elements, " ")));
  }

  std::string canonical() {
    std::string text;
    const auto append = [&text](std::vector<std::string>& group, std::string_view sign) {
      std::ranges::sort(group);
      const auto repeats = std::ranges::unique(group);
      group.erase(repeats.begin(), repeats.end());
      for (const std::string& term : group) {
        if (!text.empty()) text += ' ';
        text += sign;
        text += term;
      }
    };
    append(words, "");
    append(quotes, "");
    append(excluded_words, "-");
    append(excluded_quotes, "-");
    return text;
  }
};

}  // namespace

bool matches(std::string_view canonical, const Post& post) {
  bool all = true;
  for_each_term(canonical, [&](const TermView& term) {
    const bool stands =
        term.quoted ? post.contains_run(Elements(term.text).view()) : post.contains(term.text);
    return all = stands != term.excluded;
  });
  return all;
}

base::Result<Phrase> Phrase::parse(std::string_view text) {
  if (is_plainly_canonical(text)) return Phrase(std::string(text));
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

base::Result<Phrase> Phrase::make(const Alternative& alternative) {
  Terms terms;
  for (const Term& term : alternative) {
    const Run elements =
        term.quoted ? elements_of(term.text) : parts_of(bare_tag(bare_address(term.text)));
    if (elements.empty()) return bad("There is no word between the quotes of that phrase.");
    terms.add(term.excluded, elements);
  }
  if (terms.words.empty() && terms.quotes.empty()) {
    return bad("A phrase needs at least one word that is not excluded.");
  }
  std::string canonical = terms.canonical();
  if (canonical.size() > kPhraseBytesMax) {
    return bad(fmt::format("A phrase can be up to {} bytes long, this one has {}.", kPhraseBytesMax,
                           canonical.size()));
  }
  return Phrase(std::move(canonical));
}

std::vector<std::string> Phrase::required() const {
  std::vector<std::string> all;
  for_each_required(canonical_, [&](std::string_view word) { all.emplace_back(word); });
  std::ranges::sort(all);
  const auto repeats = std::ranges::unique(all);
  all.erase(repeats.begin(), repeats.end());
  return all;
}

}  // namespace bridge::track
