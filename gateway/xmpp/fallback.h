// Fallback: the part of a body that is there for clients that know less (XEP-0428), such as the
// quotation before an answer. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateway::xmpp {

inline constexpr std::size_t kToTheEnd = ~std::size_t{0};

// The text without its characters (Unicode code points) from `start` up to, not including, `end`.
// A range that is none leaves the text as it is.
std::string without_range(std::string_view text, std::size_t start, std::size_t end);

}  // namespace gateway::xmpp
