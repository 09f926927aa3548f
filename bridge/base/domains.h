// Domains: a few names of domains, each with all that is below it.
//
//   if (covers(banned, "mail.example.org"))   // "example.org" is among them
//
// Pure. Names are compared as they are written.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace bridge::base {

using Domains = std::set<std::string, std::less<>>;

// `domain` is `other`, or below it.
inline bool is_in(std::string_view domain, std::string_view other) {
  if (!domain.ends_with(other)) return false;
  return domain.size() == other.size() || domain[domain.size() - other.size() - 1] == '.';
}

inline bool covers(const Domains& domains, std::string_view domain) {
  if (domains.empty()) return false;
  while (!domains.contains(domain)) {
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos) return false;
    domain.remove_prefix(dot + 1);
  }
  return true;
}

}  // namespace bridge::base
