// Text from anywhere, made safe to stand in XML 1.0: escaped, and always valid UTF-8.
//
//     out += "<body>";
//     append_text(out, body);
//     out += "</body>";
//
// What XML 1.0 cannot carry (malformed UTF-8, surrogates, U+FFFE, U+FFFF, control characters but
// tab and newline, so also NUL) becomes U+FFFD, one for each maximal malformed run as Unicode
// advises. A single such byte would end the whole component stream with `not-well-formed`, which is
// why nothing goes out by another way. Never fails, never allocates beyond `out`.
#pragma once

#include <string>
#include <string_view>

namespace gateway::xmpp {

// For element content. A carriage return becomes a newline (with a following newline: one).
void append_text(std::string& out, std::string_view text);

// For a value between quotes of either kind. Tabs and newlines survive.
void append_attribute(std::string& out, std::string_view value);

}  // namespace gateway::xmpp
