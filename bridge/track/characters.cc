#include "bridge/track/characters.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "bridge/base/text.h"

namespace bridge::track {
namespace {

constexpr std::size_t kPage = 256;
constexpr std::size_t kPages = 0x110000 / kPage;
using Page = std::array<Traits, kPage>;

constexpr std::uint32_t kLetters = U_GC_L_MASK;
constexpr std::uint32_t kNumbers = U_GC_N_MASK;
constexpr std::uint32_t kMarks = U_GC_MN_MASK | U_GC_MC_MASK;

// Thai and Lao, Khmer, kana and the signs written among them, Han.
constexpr std::array<std::pair<char32_t, char32_t>, 9> kRunRanges = {{{0x0E00, 0x0EFF},
                                                                      {0x1780, 0x17FF},
                                                                      {0x3005, 0x30FF},
                                                                      {0x31F0, 0x31FF},
                                                                      {0x3400, 0x9FFF},
                                                                      {0xF900, 0xFAFF},
                                                                      {0xFF66, 0xFF9F},
                                                                      {0x1AFF0, 0x1B16F},
                                                                      {0x20000, 0x3FFFF}}};

bool in_run_range(char32_t c) {
  for (const auto& [first, last] : kRunRanges)
    if (c >= first && c <= last) return true;
  return false;
}

// They say how the emoji before them is drawn; as a letter of their own they would hide a word's
// end.
constexpr bool is_variation_selector(char32_t c) {
  return c >= 0xFE00 && c <= 0xFE0F;
}

// Neither moved nor joined with what stands before it, by NFC.
bool stays_put(UChar32 c) {
  return u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) == UNORM_YES &&
         u_getCombiningClass(c) == 0;
}

// The one character that it folds to, or nothing when that is not so simple.
char32_t folded_alone(char32_t code) {
  const auto c = static_cast<UChar32>(code);
  if (U_IS_SURROGATE(c) || !stays_put(c)) return 0;
  if (code == U'\u2019') return U'\'';
  if (code == U'\uFF03') return U'#';
  if (code == U'\uFF20') return U'@';
  std::string written, folded;
  icu::UnicodeString(c).toUTF8String(written);
  UErrorCode error = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&folded);
  icu::CaseMap::utf8Fold(U_FOLD_CASE_DEFAULT, written, sink, nullptr, error);
  char32_t alone = 0;
  if (U_FAILURE(error) || base::decode_utf8(folded, alone) != folded.size()) return 0;
  return stays_put(static_cast<UChar32>(alone)) ? alone : 0;
}

Traits ask(char32_t code) {
  const auto c = static_cast<UChar32>(code);
  const std::uint32_t category = U_GET_GC_MASK(c);
  std::uint32_t flags = 0;
  if (u_hasBinaryProperty(c, UCHAR_WHITE_SPACE)) flags |= Traits::kSpace;
  if ((category & (kLetters | kNumbers | kMarks)) != 0 && !is_variation_selector(code))
    flags |= Traits::kWord;
  if ((category & kNumbers) != 0) flags |= Traits::kNumber;
  if ((category & kMarks) != 0) flags |= Traits::kMark;
  if ((category & (kLetters | kNumbers)) != 0 && in_run_range(code)) flags |= Traits::kRun;
  const char32_t folded = folded_alone(code);
  if (folded != 0) flags |= Traits::kAlone;
  return {folded, flags};
}

// Whoever needs a page first makes it; when two do, one of the two is kept.
const Page& page_of(char32_t c) {
  static std::array<std::atomic<const Page*>, kPages> pages;
  auto& place = pages[c / kPage];
  if (const Page* known = place.load(std::memory_order_acquire)) return *known;
  auto made = std::make_unique<Page>();
  for (std::size_t i = 0; i < kPage; ++i)
    (*made)[i] = ask(static_cast<char32_t>(c / kPage * kPage + i));
  const Page* there = nullptr;
  if (place.compare_exchange_strong(there, made.get(), std::memory_order_acq_rel))
    return *made.release();  // kept for as long as the process lives
  return *there;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (at + size > text.size()) return {};
  char32_t code = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i)
    code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  return {code, size};
}

Character character_before(std::string_view text, std::size_t at) {
  if (at == 0) return {};
  std::size_t begin = at - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
  return character_at(text, begin);
}

Traits traits_of(char32_t c) {
  return page_of(c)[c % kPage];
}

bool is_letter_or_mark(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c);
  const Traits traits = traits_of(c);
  return traits.is(Traits::kWord) && !traits.is(Traits::kNumber);
}

bool is_run_part(std::string_view text) {
  if (text.empty() || static_cast<unsigned char>(text.front()) < 0xCC) return false;
  bool whole = false;
  for_each_part(text, [&](std::string_view part, bool run) { whole = run && part == text; });
  return whole;
}

std::size_t find_clusters(std::string_view part, std::string_view word, std::size_t from) {
  for (; (from = part.find(word, from)) != part.npos; ++from) {
    const std::size_t end = from + word.size();
    const bool begins = from == 0 || !is_mark(character_at(part, from).code);
    const bool ends = end == part.size() || !is_mark(character_at(part, end).code);
    if (begins && ends) return from;
  }
  return part.npos;
}

bool has_word_character(std::string_view text) {
  return !trim_punctuation(text).empty();
}

std::string_view trim_punctuation(std::string_view text) {
  while (!text.empty()) {
    const Character first = character_at(text, 0);
    if (is_word(first.code)) break;
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    const Character last = character_before(text, text.size());
    if (is_word(last.code)) break;
    text.remove_suffix(last.size);
  }
  return text;
}

}  // namespace bridge::track
