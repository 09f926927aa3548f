#include "bridge/track/pieces.h"

#include <cstdio>
#include <cstdlib>

#include "bridge/track/characters.h"
#include "bridge/track/tags.h"
#include "bridge/track/terms.h"
#include "bridge/track/urls.h"

namespace bridge::track {
namespace {

void add_plain(std::string_view text, std::vector<Piece>& out) {
  if (!text.empty()) out.push_back({Piece::Kind::kPlain, std::string(text), {}});
}

void add_stretch(std::string_view written, std::vector<Piece>& out) {
  if (written.empty()) return;
  const std::string stretch = fold(written);
  std::size_t done = 0;
  for (const Tag& tag : find_tags(stretch)) {
    add_plain(std::string_view(stretch).substr(done, tag.begin - done), out);
    const auto kind = stretch[tag.begin] == '#' ? Piece::Kind::kHashtag : Piece::Kind::kMention;
    out.push_back({kind, stretch.substr(tag.begin, tag.end - tag.begin), {}});
    done = tag.end;
  }
  add_plain(std::string_view(stretch).substr(done), out);
}

Word cut_word(std::string_view written) {
  Word word{written, {}};
  std::size_t done = 0;
  for (const Span& url : find_urls(written)) {
    add_stretch(written.substr(done, url.begin - done), word.pieces);
    const std::string_view address = written.substr(url.begin, url.end - url.begin);
    word.pieces.push_back({Piece::Kind::kUrl, fold(address), address});
    done = url.end;
  }
  add_stretch(written.substr(done), word.pieces);
  return word;
}

}  // namespace

std::vector<Word> cut(std::string_view text) {
  if (!is_utf8(text)) {
    std::fputs("bridge/track: a text to cut is not UTF-8\n", stderr);
    std::abort();
  }
  std::vector<Word> words;
  std::size_t begin = 0;
  std::size_t at = 0;
  const auto finish = [&] {
    if (at > begin) words.push_back(cut_word(text.substr(begin, at - begin)));
  };
  while (at < text.size()) {
    const Character c = character_at(text, at);
    if (is_space(c.code)) {
      finish();
      begin = at + c.size;
    }
    at += c.size;
  }
  finish();
  return words;
}

}  // namespace bridge::track
