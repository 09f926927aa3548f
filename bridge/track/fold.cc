#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "bridge/base/text.h"
#include "bridge/track/terms.h"

namespace bridge::track {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
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

}  // namespace

bool is_utf8(std::string_view text) {
  char32_t ignored = 0;
  while (!text.empty()) {
    const std::size_t size = base::decode_utf8(text, ignored);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string fold(std::string_view text) {
  // ASCII is its own NFC, and its case folding is that of the letters A to Z.
  if (is_ascii(text)) {
    std::string out(text);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return out;
  }
  require(is_utf8(text), "fold was given text that is not UTF-8");
  std::string out = nfc(fold_case(nfc(text)));
  unify_spelling(out);
  return out;
}

}  // namespace bridge::track
