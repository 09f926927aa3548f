#include "gateway/web/pages/rich_text.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace gateway::web::pages {
namespace {

constexpr std::size_t kNickMax = 20;
constexpr std::size_t kTagBytesMax = 60;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_high(char c) {
  return (static_cast<unsigned char>(c) & 0x80) != 0;
}

// The number of bytes of a character of a tag that begins here; 0: it is none. Above ASCII all but
// the blocks of punctuation and spaces count: what the tag then finds is for the tag's page to say.
std::size_t tag_character(std::string_view text) {
  if (text.empty()) return 0;
  if (is_word(text[0])) return 1;
  if (!is_high(text[0])) return 0;
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  const std::string_view one = text.substr(0, size);
  const auto within = [&](std::string_view from, std::string_view to) {
    return one >= from && one <= to;
  };
  const bool punctuation =
      within("\xc2\x80", "\xc2\xbf") || one == "\xc3\x97" || one == "\xc3\xb7" ||
      within("\xe2\x80\x80", "\xe2\xaf\xbf") || within("\xe3\x80\x80", "\xe3\x80\x84") ||
      within("\xe3\x80\x88", "\xe3\x80\xa0") || within("\xef\xbc\x80", "\xef\xbc\x8f");
  return punctuation ? 0 : size;
}

std::size_t name_at(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && is_word(text[size])) ++size;
  const bool a_nick = size > 1 && size <= kNickMax + 1;
  // name@host is no name, and neither is @name@host.
  return a_nick && !(size < text.size() && text[size] == '@') ? size : 0;
}

std::size_t tag_at(std::string_view text) {
  std::size_t size = 1;
  bool a_letter = false;
  while (const std::size_t one = tag_character(text.substr(size))) {
    a_letter |= is_high(text[size]) || !(text[size] >= '0' && text[size] <= '9');
    size += one;
  }
  return a_letter && size <= kTagBytesMax ? size : 0;  // #1 is a number
}

std::size_t address_at(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return 0;
  std::size_t size = text.find_first_of(" \t\n\"<>\\^`{|}", scheme);
  if (size == std::string_view::npos) size = text.size();
  const std::size_t wide_space = text.substr(0, size).find("\xe3\x80\x80");
  if (wide_space != std::string_view::npos) size = wide_space;
  // The sentence's own punctuation, and a bracket that was opened before the address.
  for (; size > scheme; --size) {
    const char last = text[size - 1];
    const std::string_view address = text.substr(0, size);
    if (last == ')' && std::ranges::count(address, '(') >= std::ranges::count(address, ')')) break;
    if (std::string_view(".,;:!?'*_~)]").find(last) == std::string_view::npos) break;
  }
  return size > scheme ? size : 0;
}

}  // namespace

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t plain = 0;  // where the plain text before `i` began
  const auto add = [&](Piece::Kind kind, std::size_t from, std::size_t size) {
    if (from > plain) pieces.push_back({Piece::Kind::kText, text.substr(plain, from - plain)});
    if (size > 0) pieces.push_back({kind, text.substr(from, size)});
    plain = from + size;
  };
  std::size_t i = 0;
  while (i < text.size()) {
    const bool word_begins = i == 0 || !(is_word(text[i - 1]) || is_high(text[i - 1]));
    const std::string_view rest = text.substr(i);
    std::size_t size = 0;
    Piece::Kind kind = Piece::Kind::kText;
    if (word_begins && text[i] == '@') {
      size = name_at(rest), kind = Piece::Kind::kName;
    } else if (word_begins && text[i] == '#') {
      size = tag_at(rest), kind = Piece::Kind::kTag;
    } else if (word_begins && text[i] == 'h') {
      size = address_at(rest), kind = Piece::Kind::kAddress;
    }
    if (size > 0) add(kind, i, size);
    i += std::max<std::size_t>(size, 1);
  }
  add(Piece::Kind::kText, text.size(), 0);
  return pieces;
}

void rich_text(Html& html, std::string_view text) {
  for (const Piece& piece : pieces_of(text)) {
    const std::string_view bare = piece.text.empty() ? piece.text : piece.text.substr(1);
    switch (piece.kind) {
      case Piece::Kind::kText:
        html.text(piece.text);
        break;
      case Piece::Kind::kName:
        html.element("a", {{"class", "name"}, {"href", "/@" + std::string(bare)}}, piece.text);
        break;
      case Piece::Kind::kTag:
        html.element("a", {{"class", "tag"}, {"href", "/tag/" + url_part(bare)}}, piece.text);
        break;
      case Piece::Kind::kAddress:
        html.element("a", {{"href", piece.text}, {"rel", "nofollow noopener noreferrer ugc"}},
                     piece.text);
        break;
    }
  }
}

}  // namespace gateway::web::pages
