#include "bridge/base/text.h"

#include <cstdint>
#include <string>

namespace bridge::base {

namespace {

struct Lead {
  std::size_t length;  // 0: no character starts with such a byte
  char32_t bits;       // what the lead byte contributes
  char32_t smallest;   // below this the form was not the shortest
};

Lead classify(std::uint8_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, static_cast<char32_t>(byte & 0x1F), 0x80};
  if (byte < 0xF0) return {3, static_cast<char32_t>(byte & 0x0F), 0x800};
  if (byte < 0xF5) return {4, static_cast<char32_t>(byte & 0x07), 0x10000};
  return {0, 0, 0};
}

bool is_control(char32_t c) {
  if (c == U'\n' || c == U'\t') return false;
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

std::string at(std::size_t byte) {
  return " at byte " + std::to_string(byte) + ".";
}

}  // namespace

std::size_t decode_utf8(std::string_view text, char32_t& code_point) {
  if (text.empty()) return 0;
  const Lead lead = classify(static_cast<std::uint8_t>(text[0]));
  if (lead.length == 0 || lead.length > text.size()) return 0;
  char32_t c = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return 0;
    c = (c << 6) | (byte & 0x3F);
  }
  const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
  if (c < lead.smallest || c > 0x10FFFF || surrogate) return 0;
  code_point = c;
  return lead.length;
}

Result<void> check_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return fail(ErrorCode::kBadRequest, "The text has " + std::to_string(text.size()) +
                                            " bytes; at most " + std::to_string(bytes_max) +
                                            " are possible.");
  }
  for (std::size_t i = 0; i < text.size();) {
    char32_t c = 0;
    const std::size_t length = decode_utf8(text.substr(i), c);
    if (length == 0) return fail(ErrorCode::kBadRequest, "The text is not valid UTF-8" + at(i));
    if (is_control(c)) {
      return fail(ErrorCode::kBadRequest, "The text has a control character" + at(i));
    }
    if (c == 0xFFFE || c == 0xFFFF) {
      return fail(ErrorCode::kBadRequest, "The text has a character that XML cannot carry" + at(i));
    }
    i += length;
  }
  return {};
}

}  // namespace bridge::base
