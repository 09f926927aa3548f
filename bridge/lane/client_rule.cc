#include "bridge/lane/client_rule.h"

#include <algorithm>

#include "bridge/state/state.h"

namespace bridge::lane {

bool ClientRule::may_speak_for_address(std::string_view address) const {
  return std::ranges::any_of(speaks_for, [&](const std::string& pattern) {
    if (pattern == "*" || pattern == address) return true;
    if (!pattern.starts_with("*@")) return false;
    const std::size_t at = address.find('@');
    return at != std::string_view::npos &&
           address.substr(at) == std::string_view(pattern).substr(1);
  });
}

bool ClientRule::may_speak_for_nick(std::string_view nick) const {
  return std::ranges::any_of(speaks_for, [&](const std::string& pattern) {
    return pattern == "*" || state::fold_nick(pattern) == state::fold_nick(nick);
  });
}

const ClientRule* find_rule(const std::vector<ClientRule>& rules, std::string_view key,
                            std::string_view name) {
  const auto it = std::ranges::find_if(rules, [&](const ClientRule& rule) {
    if (!rule.key.empty() || !key.empty()) return rule.key == key;
    return rule.name == "*" || rule.name == name;
  });
  return it == rules.end() ? nullptr : &*it;
}

}  // namespace bridge::lane
