#include "bridge/track/graphemes.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace bridge::track {
namespace {

struct Closer {
  void operator()(UBreakIterator* breaks) const { ubrk_close(breaks); }
  void operator()(UText* text) const { utext_close(text); }
};

// ICU fails here only when its data or the memory is gone.
void require(UErrorCode error) {
  if (U_FAILURE(error)) throw std::runtime_error("ICU cannot find the characters of a text");
}

// Making one costs as much as going through a long post.
UBreakIterator* breaks() {
  thread_local const std::unique_ptr<UBreakIterator, Closer> kept = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UBreakIterator, Closer> made(ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &error));
    require(error);
    return made;
  }();
  return kept.get();
}

}  // namespace

std::size_t count_graphemes(std::string_view text) {
  // Of ASCII only CR LF is two bytes and one character, and CR is in no text that gets here.
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return text.size();
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UText, Closer> utf8(
      utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &error));
  require(error);
  ubrk_setUText(breaks(), utf8.get(), &error);
  require(error);
  std::size_t count = 0;
  while (ubrk_next(breaks()) != UBRK_DONE) ++count;
  return count;
}

}  // namespace bridge::track
