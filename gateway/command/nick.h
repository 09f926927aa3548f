// Nicks: 1 to 20 of A-Z a-z 0-9 _, compared without case.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace gateway::command {

inline constexpr std::size_t kNickBytesMax = 20;

inline bool is_nick(std::string_view text) {
  return !text.empty() && text.size() <= kNickBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace gateway::command
