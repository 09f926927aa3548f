// The vocabulary of the track tests: phrases and posts from literals, and random text.
#pragma once

#include <rapidcheck.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "bridge/track/phrase.h"
#include "bridge/track/post.h"

namespace bridge::track {

inline Phrase phrase(std::string_view text) {
  auto parsed = Phrase::parse(text);
  if (!parsed) throw std::runtime_error(std::string(text) + ": " + parsed.error().text);
  return *parsed;
}

inline bool catches(std::string_view line, std::string_view post) {
  auto parsed = Phrase::parse_list(line);
  if (!parsed) throw std::runtime_error(std::string(line) + ": " + parsed.error().text);
  const Post prepared(post);
  for (const Phrase& each : *parsed) {
    if (each.matches(prepared)) return true;
  }
  return false;
}

inline std::string encode(char32_t c) {
  std::string out;
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return out;
}

// Any Unicode scalar value, one as likely as another.
inline rc::Gen<char32_t> any_character() {
  return rc::gen::suchThat(rc::gen::inRange<char32_t>(0, 0x110000),
                           [](char32_t c) { return c < 0xD800 || c > 0xDFFF; });
}

// Text made of what the rules turn on, so that random posts and phrases meet.
inline rc::Gen<std::string> tricky_text() {
  const auto bit = rc::gen::oneOf(
      rc::gen::element<std::string>(" ", " ", " ", "\t", "\u00A0", "#", "@", "-", "\"", ",", ".",
                                    "'", "\u2019", "/", "_", "&", ":", "(", ")", "\u200D", "\u30FB",
                                    "\u00B7", "\u0301", "\uFE0F", "\u2764", "\uFF03"),
      rc::gen::element<std::string>("nyc", "NYC", "food", "bob", "can't", "rt", "stop", "16", "x",
                                    "san", "francisco", "Stra\u00DFe", "\u00C9cole",
                                    "\u6771\u4EAC"),
      rc::gen::element<std::string>("http://", "https://www.", "www.", "example.com", "t.co/a",
                                    ".co", "#nyc", "@bob", "foo.example.com/Bar_(x)?q=1#z"),
      rc::gen::map(any_character(), encode));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(bit),
                      [](const std::vector<std::string>& bits) {
                        std::string out;
                        for (const std::string& each : bits) out += each;
                        return out;
                      });
}

}  // namespace bridge::track
