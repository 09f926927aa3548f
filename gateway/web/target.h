// What travels encoded in a request: targets, forms, cookies.
//
// Pure. Input is whatever a stranger sends; what cannot be decoded is refused as a whole (nullopt)
// or, for one field of many, left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/web/http.h"

namespace gateway::web {

inline constexpr std::size_t kFieldsMax = 64;  // of a query, a form or a cookie header

struct Target {
  std::string path;
  Fields query;
};

// "/u/al%69ce?n=5". Refuses what does not begin with '/', broken or zero-byte encodings, and paths
// with a part "." or "..", or an encoded slash.
std::optional<Target> parse_target(std::string_view target);

// "a=1&b=two+words", as in a query or a form's body. nullopt: too many, or broken encoding.
std::optional<Fields> parse_form(std::string_view text);

// "a=1; b=2". Quotes around a value are taken off.
Fields parse_cookies(std::string_view header);

// nullopt: a broken escape, or a zero byte, escaped or not. `plus_is_space` in queries and forms.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// A post's id, or another number that is not 0, in a path, a query or a form; 0: it is none.
std::uint64_t id_in(std::string_view text);

// For use in a path or a query.
std::string percent_encode(std::string_view text);

}  // namespace gateway::web
