#include "bridge/track/terms.h"

#include "bridge/track/characters.h"
#include "bridge/track/distinct.h"
#include "bridge/track/pieces.h"

namespace bridge::track {
namespace {

void add_entity(const Piece& piece, std::string_view text, Tokens& out) {
  switch (piece.kind) {
    case Piece::Kind::kHashtag:
      out.hashtags.emplace_back(text.substr(1));
      break;
    case Piece::Kind::kMention:
      out.mentions.emplace_back(text.substr(1));
      break;
    case Piece::Kind::kUrl:
      out.urls.emplace_back(piece.written);
      break;
    case Piece::Kind::kPlain:
      break;
  }
}

}  // namespace

Tokens tokenize(std::string_view text) {
  Tokens out;
  std::vector<std::string> words;  // with repeats
  const Pieces pieces = cut(text);
  std::size_t begun = 0;
  for (const Piece& piece : pieces.all) {
    for (; begun <= piece.word; ++begun) {
      const std::string folded = fold(pieces.words[begun]);
      words.push_back(folded);
      words.emplace_back(trim_punctuation(folded));
    }
    add_entity(piece, pieces.text(piece), out);
    for_each_part(pieces.text(piece),
                  [&](std::string_view part, bool) { words.emplace_back(part); });
  }
  Distinct distinct(words.size());
  for (const std::string& word : words) distinct.add(word);
  out.words = std::move(distinct).take();
  return out;
}

}  // namespace bridge::track
