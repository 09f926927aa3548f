#include "bridge/track/terms.h"

#include "bridge/track/characters.h"
#include "bridge/track/distinct.h"
#include "bridge/track/pieces.h"

namespace bridge::track {
namespace {

void add_entity(const Piece& piece, Tokens& out) {
  switch (piece.kind) {
    case Piece::Kind::kHashtag:
      out.hashtags.push_back(piece.text.substr(1));
      break;
    case Piece::Kind::kMention:
      out.mentions.push_back(piece.text.substr(1));
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
  for (const Word& word : cut(text)) {
    const std::string folded = fold(word.written);
    words.push_back(folded);
    words.emplace_back(trim_punctuation(folded));
    for (const Piece& piece : word.pieces) {
      add_entity(piece, out);
      for_each_part(piece.text, [&](std::string_view part) { words.emplace_back(part); });
    }
  }
  Distinct distinct(words.size());
  for (const std::string& word : words) distinct.add(word);
  out.words = std::move(distinct).take();
  return out;
}

}  // namespace bridge::track
