#include "gateway/web/words.h"

#include <algorithm>

#include "gateway/command/nick.h"

namespace gateway::web {
namespace {

// Letters beyond ASCII count as letters: what begins before them is no nick's end.
bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string folded(std::string_view nick) {
  std::string lower(nick);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::vector<std::string> mentions_of(std::string_view text) {
  std::vector<std::string> nicks;
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at > 0 && (in_word(text[at - 1]) || text[at - 1] == '@')) continue;
    std::size_t end = at + 1;
    while (end < text.size() && in_word(text[end])) ++end;
    if (end < text.size() && text[end] == '@') continue;
    const std::string_view nick = text.substr(at + 1, end - at - 1);
    if (!command::is_nick(nick)) continue;
    std::string name = folded(nick);
    if (std::ranges::find(nicks, name) == nicks.end()) nicks.push_back(std::move(name));
    if (nicks.size() == kMentionsMax) break;
  }
  return nicks;
}

}  // namespace gateway::web
