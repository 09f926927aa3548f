#include "bridge/track/pieces.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "bridge/track/characters.h"
#include "bridge/track/fold.h"
#include "bridge/track/tags.h"
#include "bridge/track/terms.h"
#include "bridge/track/urls.h"

namespace bridge::track {
namespace {

// What stands in a word, as far as one byte at a time can tell.
enum Sight : std::uint8_t {
  kBlank = 1,
  kDot = 2,    // maybe a URL
  kSign = 4,   // maybe a hashtag or mention
  kOther = 8,  // punctuation
  kWide = 16,  // not ASCII
};

constexpr std::array<std::uint8_t, 256> kSights = [] {
  std::array<std::uint8_t, 256> sights{};
  for (std::size_t c = 0; c < 256; ++c) {
    if (c >= 0x80)
      sights[c] = kWide;
    else if (c == ' ' || (c >= 0x09 && c <= 0x0D))
      sights[c] = kBlank;
    else if (c == '.')
      sights[c] = kDot | kOther;
    else if (c == '#' || c == '@')
      sights[c] = kSign | kOther;
    else if (!is_ascii_letter(static_cast<char32_t>(c)) &&
             !is_ascii_digit(static_cast<char32_t>(c)))
      sights[c] = kOther;
  }
  return sights;
}();

std::uint8_t sight_of(char c) {
  return kSights[static_cast<unsigned char>(c)];
}

class Cutter {
 public:
  Cutter(std::string_view text, Pieces& out) : text_(text), out_(out) {}

  void run() {
    std::size_t at = 0;
    while (at < text_.size()) {
      if (const std::size_t blank = space_at(at); blank != 0) {
        at += blank;
        continue;
      }
      const std::size_t begin = at;
      std::uint8_t sights = 0;
      while (at < text_.size() && space_at(at) == 0) sights |= sight_of(text_[at++]);
      add_word(text_.substr(begin, at - begin), sights);
    }
  }

 private:
  // The bytes of the space that begins here; 0: none does.
  std::size_t space_at(std::size_t at) const {
    const std::uint8_t sight = sight_of(text_[at]);
    if (sight < kWide) return sight & kBlank;
    if ((text_[at] & 0xC0) == 0x80) return 0;
    const Character c = character_at(text_, at);
    return is_space(c.code) ? c.size : 0;
  }

  void add_word(std::string_view written, std::uint8_t sights) {
    word_ = static_cast<std::uint32_t>(out_.words.size());
    out_.words.push_back(written);
    if ((sights & kDot) == 0) return add_stretch(written, sights);
    std::size_t done = 0;
    for (const Span& url : find_urls(written)) {
      add_stretch(written.substr(done, url.begin - done), sights);
      const std::string_view address = written.substr(url.begin, url.end - url.begin);
      const std::size_t begin = out_.letters.size();
      fold(address, out_.letters);
      add(Piece::Kind::kUrl, begin, out_.letters.size(), address);
      done = url.end;
    }
    add_stretch(written.substr(done), sights);
  }

  void add_stretch(std::string_view written, std::uint8_t sights) {
    if (written.empty()) return;
    const std::size_t begin = out_.letters.size();
    fold(written, out_.letters);
    std::size_t done = begin;
    // What is not ASCII may fold to a sign.
    if ((sights & (kSign | kWide)) != 0) {
      const std::string_view stretch = std::string_view(out_.letters).substr(begin);
      for_each_tag(stretch, [&](const Tag& tag) {
        add(Piece::Kind::kPlain, done, begin + tag.begin);
        const auto kind = stretch[tag.begin] == '#' ? Piece::Kind::kHashtag : Piece::Kind::kMention;
        add(kind, begin + tag.begin, begin + tag.end);
        done = begin + tag.end;
      });
    }
    add(Piece::Kind::kPlain, done, out_.letters.size());
    if (sights == 0 && !out_.all.empty()) out_.all.back().plain_part = true;
  }

  void add(Piece::Kind kind, std::size_t begin, std::size_t end, std::string_view written = {}) {
    if (end == begin) return;
    out_.all.push_back({.kind = kind,
                        .begin = static_cast<std::uint32_t>(begin),
                        .size = static_cast<std::uint32_t>(end - begin),
                        .word = word_,
                        .written = written});
  }

  const std::string_view text_;
  Pieces& out_;
  std::uint32_t word_ = 0;
};

}  // namespace

void cut(std::string_view text, Pieces& out) {
  if (!is_utf8(text)) {
    std::fputs("bridge/track: a text to cut is not UTF-8\n", stderr);
    std::abort();
  }
  out.letters.clear();
  out.all.clear();
  out.words.clear();
  Cutter(text, out).run();
}

Pieces cut(std::string_view text) {
  Pieces pieces;
  cut(text, pieces);
  return pieces;
}

}  // namespace bridge::track
