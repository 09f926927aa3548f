#include "bridge/track/fold.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bridge/base/text.h"
#include "bridge/track/characters.h"
#include "bridge/track/terms.h"

namespace bridge::track {
namespace {

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080u;
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + sizeof seen <= text.size(); at += sizeof seen) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    seen |= eight;
  }
  for (; at < text.size(); ++at) seen |= static_cast<unsigned char>(text[at]);
  return (seen & kHigh) == 0;
}

// ICU fails here only when its data or the memory is gone, or the text is not UTF-8.
void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "bridge/track: %s\n", what);
  std::abort();
}

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

std::string nfc(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(error);
  require(U_SUCCESS(error), "no normalization data");
  if (normalizer->isNormalizedUTF8(piece(text), error) && U_SUCCESS(error)) {
    return std::string(text);
  }
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  normalizer->normalizeUTF8(0, piece(text), sink, nullptr, error);
  require(U_SUCCESS(error), "normalization failed");
  return out;
}

std::string fold_case(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  icu::CaseMap::utf8Fold(U_FOLD_CASE_DEFAULT, piece(text), sink, nullptr, error);
  require(U_SUCCESS(error), "case folding failed");
  return out;
}

// Phones type these for ' # @; a person who tracks one spelling means them all.
void unify_spelling(std::string& text) {
  const auto replace_all = [&text](std::string_view from, char to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; ++at) {
      text.replace(at, from.size(), 1, to);
    }
  };
  replace_all("\u2019", '\'');
  replace_all("\uFF03", '#');
  replace_all("\uFF20", '@');
}

void append_utf8(char32_t c, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      put(0xE0 | (c >> 12));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
    }
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

char32_t lower(char32_t c) {
  return c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
}

// ASCII is its own NFC, and its case folding is that of the letters A to Z.
void fold_ascii(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  out.append(text);
  for (std::size_t at = begin; at < out.size(); ++at)
    out[at] = static_cast<char>(lower(static_cast<unsigned char>(out[at])));
}

// One character after the other, which is right as long as each is on its own: no marks that join
// with what they follow, nothing that folds to several. False, and nothing appended, when one is
// not.
bool fold_each(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    at += c.size;
    if (c.code < 0x80) {
      out.push_back(static_cast<char>(lower(c.code)));
      continue;
    }
    const Traits traits = traits_of(c.code);
    if (!traits.is(Traits::kAlone)) {
      out.resize(before);
      return false;
    }
    append_utf8(traits.folded(), out);
  }
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  char32_t ignored = 0;
  while (!text.empty()) {
    const std::size_t size = base::decode_utf8(text, ignored);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void fold(std::string_view text, std::string& out) {
  if (is_ascii(text)) return fold_ascii(text, out);
  require(is_utf8(text), "fold was given text that is not UTF-8");
  if (fold_each(text, out)) return;
  std::string folded = nfc(fold_case(nfc(text)));
  unify_spelling(folded);
  out += folded;
}

std::string fold(std::string_view text) {
  std::string out;
  fold(text, out);
  return out;
}

}  // namespace bridge::track
