#include "gateway/xmpp/xml_text.h"

#include <array>
#include <cstddef>

namespace gateway::xmpp {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// What a lead byte promises: how many bytes in all, and the range of the second one (which is what
// excludes overlong forms, surrogates and everything beyond U+10FFFF). Length 0: not a lead byte.
struct Lead {
  std::size_t length;
  unsigned char second_min;
  unsigned char second_max;
};

Lead lead_of(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

struct Character {
  std::size_t length;  // bytes to step over
  bool valid;
};

// The character, or the maximal malformed run, at `at`.
Character character_at(std::string_view text, std::size_t at) {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) return {1, true};
  const Lead lead = lead_of(first);
  if (lead.length == 0) return {1, false};
  for (std::size_t i = 1; i < lead.length; ++i) {
    if (at + i >= text.size()) return {i, false};
    const unsigned char byte = byte_at(text, at + i);
    const unsigned char min = i == 1 ? lead.second_min : 0x80;
    const unsigned char max = i == 1 ? lead.second_max : 0xBF;
    if (byte < min || byte > max) return {i, false};
  }
  return {lead.length, true};
}

bool is_fffe_or_ffff(std::string_view character) {
  return character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

// Bytes that are copied as they are, in runs.
constexpr std::array<bool, 256> plain_bytes() {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x80; ++i) plain[i] = true;
  for (const char c : {'&', '<', '>', '"', '\''}) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}
constexpr std::array<bool, 256> kPlain = plain_bytes();

enum class Place { kText, kAttribute };

void append_ascii(std::string& out, char c, Place place) {
  const bool text = place == Place::kText;
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += text ? "\"" : "&quot;";
      return;
    case '\'':
      out += text ? "'" : "&apos;";
      return;
    case '\t':
      out += text ? "\t" : "&#9;";
      return;
    case '\n':
      out += text ? "\n" : "&#10;";
      return;
    case '\r':
      out += text ? "\n" : "&#13;";
      return;
    default:
      out += kReplacement;
      return;
  }
}

void append_escaped(std::string& out, std::string_view text, Place place) {
  out.reserve(out.size() + text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && kPlain[byte_at(text, end)]) ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) return;
    const Character character = character_at(text, at);
    const std::string_view bytes = text.substr(at, character.length);
    at += character.length;
    if (!character.valid || is_fffe_or_ffff(bytes)) {
      out += kReplacement;
    } else if (bytes.size() > 1) {
      out += bytes;
    } else {
      const bool crlf = bytes[0] == '\r' && at < text.size() && text[at] == '\n';
      if (crlf && place == Place::kText) continue;
      append_ascii(out, bytes[0], place);
    }
  }
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
  append_escaped(out, text, Place::kText);
}

void append_attribute(std::string& out, std::string_view value) {
  append_escaped(out, value, Place::kAttribute);
}

}  // namespace gateway::xmpp
