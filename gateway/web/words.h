// Nicks in texts: how they compare, and which a post mentions. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway::web {

// Nicks compare without case.
std::string folded(std::string_view nick);

// The people a text names as @nick, folded, each once, at most kMentionsMax. An @ behind a letter
// or digit is part of an address, and one before another @ (a@b) names nobody.
inline constexpr std::size_t kMentionsMax = 16;
std::vector<std::string> mentions_of(std::string_view text);

}  // namespace gateway::web
