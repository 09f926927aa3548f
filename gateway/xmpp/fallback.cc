#include "gateway/xmpp/fallback.h"

namespace gateway::xmpp {
namespace {

// Where the n-th character begins; the end of the text when it has not so many.
std::size_t byte_of(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && n-- == 0) return at;
  }
  return at;
}

}  // namespace

std::string without_range(std::string_view text, std::size_t start, std::size_t end) {
  if (start >= end) return std::string(text);
  const std::size_t from = byte_of(text, start);
  const std::size_t to = end == kToTheEnd ? text.size() : byte_of(text, end);
  return std::string(text.substr(0, from)).append(text.substr(to));
}

}  // namespace gateway::xmpp
