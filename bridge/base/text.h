// Text from outside, checked where it enters: strict UTF-8 that any XML 1.0 document may carry.
//
//   if (auto ok = check_text(publish.text(), kPostBytesMax); !ok) return error_reply(ok.error());
//
// Pure; for every process. Changes nothing and never repairs: what is wrong is refused with the
// number of the byte, so that whoever sent it can find it.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "bridge/base/result.h"

namespace bridge::base {

// Refuses (kBadRequest) more than `bytes_max` bytes, anything that is not shortest-form UTF-8 of a
// Unicode scalar value, the control characters (C0, DEL, C1) other than newline and tab, and U+FFFE
// and U+FFFF, which XML cannot say. Empty text is fine; the caller knows whether it may be empty.
Result<void> check_text(std::string_view text, std::size_t bytes_max);

// Length in bytes of the one valid character that `text` starts with, 0 when it does not start with
// one. The code point goes to `code_point`.
std::size_t decode_utf8(std::string_view text, char32_t& code_point);

// For hash tables by std::string in which a std::string_view is looked up, with std::equal_to<>.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace bridge::base
